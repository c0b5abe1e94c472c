// Histograms of the values of an image, by channel.

import type { ChannelHistogram, ImageHistogram } from '#contract/image-look.ts';
import type { PixelBlock } from '../formats/pipeline.ts';

const bins = 256;

/** Nearly all values: single bright or dark points do not count. */
const shown = { low: 0.005, high: 0.995 } as const;

export function histogramOf({ pixels, channels }: PixelBlock): ImageHistogram {
  const bitDepth = pixels instanceof Uint16Array ? 16 : 8;
  const counts = Array.from({ length: channels }, () => new Uint32Array(2 ** bitDepth));
  for (let at = 0; at < pixels.length; at += channels) {
    for (let channel = 0; channel < channels; channel++) {
      counts[channel]![pixels[at + channel]!]!++;
    }
  }
  const all = counts.map(limits);
  const low = bitDepth === 8 ? 0 : Math.min(...all.map(({ least }) => least));
  const greatest = bitDepth === 8 ? 255 : Math.max(...all.map((limit) => limit.greatest));
  // Fewer values than bins would leave most bins empty.
  const high = Math.max(greatest, low + bins - 1);
  return {
    ...{ bitDepth, low, high },
    ...shownRange(counts, pixels.length / channels),
    channels: counts.map((own, channel) => ({ ...all[channel]!, counts: binned(own, low, high) })),
  };
}

function limits(counts: Uint32Array): Omit<ChannelHistogram, 'counts'> {
  let [least, greatest, sum, total] = [-1, 0, 0, 0];
  for (let value = 0; value < counts.length; value++) {
    const count = counts[value]!;
    if (count === 0) continue;
    if (least < 0) least = value;
    greatest = value;
    sum += value * count;
    total += count;
  }
  return { least: Math.max(0, least), greatest, mean: total === 0 ? 0 : sum / total };
}

function binned(counts: Uint32Array, low: number, high: number): number[] {
  const out = new Array<number>(bins).fill(0);
  const perBin = (high - low + 1) / bins;
  for (let value = low; value <= high && value < counts.length; value++) {
    out[Math.min(bins - 1, Math.floor((value - low) / perBin))]! += counts[value]!;
  }
  return out;
}

/** One window for all channels, so that colours are preserved. */
function shownRange(
  counts: readonly Uint32Array[],
  pixels: number,
): { shownLow: number; shownHigh: number } {
  const ranges = counts.map((own) => ({
    low: valueAt(own, shown.low * pixels),
    high: valueAt(own, shown.high * pixels),
  }));
  const shownLow = Math.min(...ranges.map(({ low }) => low));
  const shownHigh = Math.max(...ranges.map(({ high }) => high));
  return { shownLow, shownHigh: Math.max(shownHigh, shownLow + 1) };
}

/** The value below which about `rank` of the pixels lie. */
function valueAt(counts: Uint32Array, rank: number): number {
  let below = 0;
  for (let value = 0; value < counts.length; value++) {
    below += counts[value]!;
    if (below > rank) return value;
  }
  return counts.length - 2;
}
