// The channels of an image, by name.

export interface Channel {
  /** "red", "DAPI", "channel 2". */
  readonly name: string;
}

/** Largest number accepted; a file with more is damaged. */
export const mostChannels = 1024;

export const greyChannels: readonly Channel[] = [{ name: 'grey' }];

export const colourChannels: readonly Channel[] = [
  { name: 'red' },
  { name: 'green' },
  { name: 'blue' },
];
