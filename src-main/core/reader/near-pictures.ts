// Finds nearly equal thumbnails at low resolution. Runs in the image reader's process.

import { setImmediate } from 'node:timers/promises';
import { smallPictures } from './small-pictures.ts';

export interface NearlyEqualTask {
  readonly kind: 'nearlyEqual';
  readonly thumbnailFolder: string;
  readonly ones: readonly string[];
  readonly others: readonly string[];
  /** Root mean square difference, of 255, up to which two pictures count as nearly equal. */
  readonly tolerance: number;
}

export interface NearTwinsTask {
  readonly kind: 'nearTwins';
  readonly thumbnailFolder: string;
  /** Each once: equal content is not reported. */
  readonly hashes: readonly string[];
  /** As above. */
  readonly tolerance: number;
  /** Largest number of pairs reported, the nearest ones; all are counted. */
  readonly most: number;
}

/** Indices into the two lists (or twice into the one) and how far the two pictures differ. */
export interface NearPair {
  readonly one: number;
  readonly other: number;
  readonly difference: number;
}

export interface NearTwins {
  readonly count: number;
  /** Each pair once, `one` before `other` in the list; the nearest first. */
  readonly pairs: readonly NearPair[];
  /** Pictures that have a thumbnail; the others match nothing. */
  readonly compared: number;
}

/** Reported periodically, for reading and comparing. */
export type TellProgress = (done: number, total: number) => void;

interface Compared {
  /** Its index in the list. */
  readonly at: number;
  readonly pixels: Uint8Array;
  readonly mean: number;
  /** Means of the quarters, by channel: they alone separate nearly all pairs. */
  readonly coarse: Float64Array;
}

const side = 16;
const length = side * side * 3;
const coarseLength = 2 * 2 * 3;

/** Pictures between two progress reports, and between two pauses to send them. */
const stride = 256;

/** Each of `ones` at most once, with its nearest picture. */
export async function nearlyEqual(task: NearlyEqualTask): Promise<NearPair[]> {
  const { thumbnailFolder, tolerance } = task;
  const others = await load(thumbnailFolder, task.others);
  const pairs: NearPair[] = [];
  for (const one of await load(thumbnailFolder, task.ones)) {
    let best: NearPair | undefined;
    for (let at = firstFrom(others, one.mean - tolerance); at < others.length; at++) {
      const other = others[at]!;
      if (other.mean > one.mean + tolerance) break;
      const difference = differenceOf(one, other, best?.difference ?? tolerance);
      if (difference <= tolerance && (!best || difference < best.difference)) {
        best = { one: one.at, other: other.at, difference };
      }
    }
    if (best) pairs.push(best);
  }
  return pairs.sort((a, b) => a.one - b.one);
}

/** Pairs of one list. */
export async function nearTwins(task: NearTwinsTask, tell: TellProgress): Promise<NearTwins> {
  const { thumbnailFolder, hashes, tolerance, most } = task;
  const steps = 2 * hashes.length;
  const pictures = await load(thumbnailFolder, hashes, (done) => tell(done, steps));
  let count = 0;
  let pairs: NearPair[] = [];
  for (let first = 0; first < pictures.length; first++) {
    const one = pictures[first]!;
    for (let second = first + 1; second < pictures.length; second++) {
      const other = pictures[second]!;
      if (other.mean > one.mean + tolerance) break;
      const difference = differenceOf(one, other, tolerance);
      if (difference > tolerance) continue;
      count++;
      pairs.push({
        one: Math.min(one.at, other.at),
        other: Math.max(one.at, other.at),
        difference,
      });
      // Thousands of blank fields would otherwise fill the memory with pairs.
      if (pairs.length > 2 * most + stride) pairs = nearest(pairs, most);
    }
    if (first % stride === 0) {
      tell(hashes.length + first, steps);
      await setImmediate();
    }
  }
  return { count, pairs: nearest(pairs, most), compared: pictures.length };
}

function nearest(pairs: NearPair[], most: number): NearPair[] {
  const order = (a: NearPair, b: NearPair) =>
    a.difference - b.difference || a.one - b.one || a.other - b.other;
  return pairs.sort(order).slice(0, most);
}

/** Those that have a thumbnail, by their mean. */
async function load(
  thumbnailFolder: string,
  hashes: readonly string[],
  tell: (done: number) => void = () => undefined,
): Promise<Compared[]> {
  const pictures: Compared[] = [];
  for (let start = 0; start < hashes.length; start += stride) {
    const some = await smallPictures({
      ...{ kind: 'smallPictures', thumbnailFolder, side, channels: 3 },
      hashes: hashes.slice(start, start + stride),
    });
    some.forEach((pixels, index) => {
      if (pixels) pictures.push(compared(pixels, start + index));
    });
    tell(start + some.length);
  }
  return pictures.sort((a, b) => a.mean - b.mean);
}

function compared(pixels: Uint8Array, at: number): Compared {
  const coarse = new Float64Array(coarseLength);
  for (let i = 0; i < length; i++) {
    const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
    const quarter = 2 * Math.floor((2 * y) / side) + Math.floor((2 * x) / side);
    coarse[3 * quarter + (i % 3)]! += pixels[i]! / (length / coarseLength);
  }
  return { at, pixels, coarse, mean: coarse.reduce((sum, value) => sum + value) / coarseLength };
}

/** The first place whose mean is at least `least`. */
function firstFrom(sorted: readonly Compared[], least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.mean < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The root mean square difference, exact up to `most`; Infinity above it. Means of any parts never
 * differ by more than the pixels do, so that coarser ones may say that it is above.
 */
function differenceOf(a: Compared, b: Compared, most: number): number {
  const limit = most * most + 1e-9;
  let sum = 0;
  for (let i = 0; i < coarseLength; i++) sum += (a.coarse[i]! - b.coarse[i]!) ** 2;
  if (sum > limit * coarseLength) return Infinity;
  sum = 0;
  for (let i = 0; i < length; i++) {
    sum += (a.pixels[i]! - b.pixels[i]!) ** 2;
    if (sum > limit * length) return Infinity;
  }
  return Math.sqrt(sum / length);
}
