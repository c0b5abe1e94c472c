// Where the cell of a picture is: pixels that differ from the colour of the border, above a threshold that is found
// by Otsu's method ("A threshold selection method from gray-level histograms", 1979).

import type { ShiftShape } from './shift.ts';

export interface CellMask {
  /** Pixels of the cell, ascending. */
  readonly pixels: readonly number[];
  /** Of each pixel, whether it is one of them. */
  readonly isInside: (pixel: number) => boolean;
}

/** Shares of the picture between which a mask is believed to be a cell. */
const [smallest, largest] = [0.03, 0.9];

/** All pixels where no cell stands out from the border. */
export function cellMask(view: Float32Array, shape: ShiftShape): CellMask {
  const { channels, size } = shape;
  const plane = size * size;
  const ground = borderColour(view, shape);
  const difference = Float32Array.from({ length: plane }, (_, pixel) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += Math.abs(view[channel * plane + pixel]! - ground[channel]!);
    }
    return sum / channels;
  });
  const threshold = otsu(difference);
  const isCell = difference.map((value) => (value > threshold ? 1 : 0));
  const all = [...isCell.keys()];
  const pixels = all.filter((pixel) => isCell[pixel] === 1);
  const share = pixels.length / plane;
  if (share < smallest || share > largest) return { pixels: all, isInside: () => true };
  return { pixels, isInside: (pixel) => isCell[pixel] === 1 };
}

/** Median of each channel along the border, as the background around the specimen. */
export function borderColour(view: Float32Array, { channels, size }: ShiftShape): number[] {
  return Array.from({ length: channels }, (_, channel) => {
    const plane = channel * size * size;
    const along: number[] = [];
    for (let i = 0; i < size; i++) {
      along.push(view[plane + i]!, view[plane + (size - 1) * size + i]!);
      along.push(view[plane + i * size]!, view[plane + i * size + size - 1]!);
    }
    return along.sort((a, b) => a - b)[along.length >> 1]!;
  });
}

const bins = 64;

/** The upper edge of the bin that separates values of 0 … 1 with the largest variance between both sides. */
function otsu(values: Float32Array): number {
  const counts = new Float64Array(bins);
  for (const value of values) counts[Math.min(bins - 1, Math.floor(value * bins))]!++;
  const total = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [best, most, below, sumBelow] = [0, -1, 0, 0];
  for (let bin = 0; bin < bins - 1; bin++) {
    below += counts[bin]!;
    sumBelow += counts[bin]! * bin;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between > most) [best, most] = [bin, between];
  }
  return (best + 1) / bins;
}
