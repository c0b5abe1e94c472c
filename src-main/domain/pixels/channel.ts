// The channels of an image: what was measured at each place, by name.

export interface Channel {
  /** "red", "DAPI", "channel 2". */
  readonly name: string;
}

/** No image has more; a larger number in a file is damage. */
export const mostChannels = 1024;

export const greyChannels: readonly Channel[] = [{ name: 'grey' }];

export const colourChannels: readonly Channel[] = [
  { name: 'red' },
  { name: 'green' },
  { name: 'blue' },
];
