// What is measured of each image to tell how it was acquired, and how a batch is judged by it.

/** One number an image; see core/reader/measure-image.ts. */
export const measureNames = [
  'background',
  'stain',
  'colour',
  'sharpness',
  'scale',
  'range',
] as const;
export type MeasureName = (typeof measureNames)[number];

/** null for a picture of one value, of which some measures do not exist. */
export type ImageMeasures = Readonly<Record<MeasureName, number | null>>;

/** Pixel depth and number of channels are facts of the file, and compared as such. */
export type Difference = MeasureName | 'depth';

export const differenceWords: Readonly<Record<Difference, string>> = {
  background: 'background',
  stain: 'stain',
  colour: 'colour',
  sharpness: 'sharpness',
  scale: 'scale',
  range: 'range of values',
  depth: 'pixel depth or channels',
};

/** What each measure is, for a user. */
export const measureMeanings: Readonly<Record<MeasureName, string>> = {
  background: 'brightness of the background, 0 is black and 1 is white',
  stain: 'how far the objects differ from the background, in units of optical density',
  colour: 'balance of red and blue over the picture, 0 is grey',
  sharpness: 'strength of fine detail, logarithmic',
  scale: 'size of the objects as a part of the picture’s side',
  range: 'part of the possible values that is used',
};

/** "Background, stain and scale". */
export function inWords(names: readonly Difference[]): string {
  const words = names.map((name) => differenceWords[name]);
  const last = words.at(-1) ?? '';
  const all = words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
  return all.slice(0, 1).toUpperCase() + all.slice(1);
}
