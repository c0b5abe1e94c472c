// Measures how an image was acquired: background, stain, colour, sharpness, scale and range of values, on a
// picture of at most 128 pixels. Runs in the image reader's process.

import type { ImageMeasures } from '#domain/batches/measures.ts';
import { bitDepthOf, readPixels, type PixelBlock } from '../formats/pipeline.ts';
import { wholePipeline, type PixelSource } from '../formats/pixel-source.ts';

const side = 128;

/** Parts of the values between which the range lies. */
const rangeParts = { low: 0.005, high: 0.995 } as const;

/** Throws `unreadable-image`. */
export async function measureImage(image: PixelSource): Promise<ImageMeasures> {
  const small = (await wholePipeline(image)).resize(side, side, {
    fit: 'inside',
    withoutEnlargement: true,
  });
  return measuresOf(await readPixels(small, bitDepthOf(image.type)));
}

/** The background is what most of the edge belongs to, of the two parts that Otsu's method makes. */
export function measuresOf(block: PixelBlock): ImageMeasures {
  const { pixels, channels, width, height } = block;
  const full = pixels instanceof Uint16Array ? 65_535 : 255;
  const grey = new Float64Array(width * height);
  const means = new Float64Array(channels);
  for (let at = 0; at < grey.length; at++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = pixels[at * channels + channel]! / full;
      grey[at]! += value / channels;
      means[channel]! += value / grey.length;
    }
  }
  const rising = Float64Array.from(grey).sort();
  const [darkest, brightest] = [rising[0]!, rising.at(-1)!];
  const at = (part: number) => rising[Math.round(part * (rising.length - 1))]!;
  const range = at(rangeParts.high) - at(rangeParts.low);
  const colour = channels === 3 ? tint(means) : 0;
  if (brightest === darkest) {
    return { background: darkest, stain: null, colour, sharpness: null, scale: null, range };
  }
  const limit = otsu(grey, darkest, brightest);
  const isBackgroundBright = 2 * brightEdge(grey, width, height, limit) >= 1;
  const isObject = (value: number) => (isBackgroundBright ? value <= limit : value > limit);
  const background = medianOf(grey.filter((value) => !isObject(value)));
  const objects = grey.filter(isObject);
  const step = 1 / 255;
  const density = Math.log10((background + step) / (mean(objects) + step));
  return {
    ...{ background, stain: Math.abs(density), colour, range },
    sharpness: sharpnessOf(grey, width, height),
    scale: Math.sqrt(objects.length / grey.length),
  };
}

function tint(means: Float64Array): number {
  const sum = means.reduce((total, value) => total + value, 0);
  return sum === 0 ? 0 : (means[0]! - means[2]!) / sum;
}

/** The value up to which pixels are the darker part, by the largest variance between both parts. */
function otsu(grey: Float64Array, low: number, high: number): number {
  const bins = 256;
  const counts = new Float64Array(bins);
  for (const value of grey) {
    counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]! += 1;
  }
  const total = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [below, belowSum, best, found] = [0, 0, -1, 0];
  for (let bin = 0; bin < bins - 1; bin++) {
    below += counts[bin]!;
    belowSum += counts[bin]! * bin;
    const above = grey.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (belowSum / below - (total - belowSum) / above) ** 2;
    if (between > best) [best, found] = [between, bin];
  }
  return low + ((found + 1) / bins) * (high - low);
}

/** Part of the edge that is brighter than the limit. */
function brightEdge(grey: Float64Array, width: number, height: number, limit: number): number {
  let [bright, all] = [0, 0];
  for (let y = 0; y < height; y++) {
    const isWhole = y === 0 || y === height - 1;
    for (let x = 0; x < width; x += isWhole ? 1 : Math.max(1, width - 1)) {
      if (grey[y * width + x]! > limit) bright++;
      all++;
    }
  }
  return bright / all;
}

/** The logarithm of the mean absolute Laplacian, as a part of the contrast. */
function sharpnessOf(grey: Float64Array, width: number, height: number): number | null {
  let [sum, count] = [0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const around = grey[at - 1]! + grey[at + 1]! + grey[at - width]! + grey[at + width]!;
      sum += Math.abs(4 * grey[at]! - around);
      count++;
    }
  }
  if (count === 0 || sum === 0) return null;
  const average = mean(grey);
  const spread = Math.sqrt(mean(grey.map((value) => (value - average) ** 2)));
  return Math.log10(sum / count / spread);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOf(values: Float64Array): number {
  return values.sort()[values.length >> 1]!;
}
