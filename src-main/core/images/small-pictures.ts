// Thumbnails as small squares of pixels, and which of them are nearly the same. Runs in the image
// reader's process.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sharp } from './image-library.ts';

export interface SmallPicturesTask {
  readonly kind: 'smallPictures';
  readonly thumbnailFolder: string;
  readonly hashes: readonly string[];
  readonly side: number;
  readonly channels: 1 | 3;
}

export interface NearlyEqualTask {
  readonly kind: 'nearlyEqual';
  readonly thumbnailFolder: string;
  readonly ones: readonly string[];
  readonly others: readonly string[];
  /** Root mean square difference, of 255, up to which two pictures count as nearly equal. */
  readonly tolerance: number;
}

/** Indices into the two lists; each of `ones` at most once, with what is nearest to it. */
export interface NearPair {
  readonly one: number;
  readonly other: number;
  readonly difference: number;
}

/** Decoded at once. */
const atOnce = 8;

/** Of the pictures that are compared. */
const comparedSide = 16;
const comparedLength = comparedSide * comparedSide * 3;

/** [side, side, channels] each; null where there is no thumbnail that can be read. */
export async function smallPictures(task: SmallPicturesTask): Promise<(Uint8Array | null)[]> {
  const { thumbnailFolder, hashes, side, channels } = task;
  const pictures: (Uint8Array | null)[] = [];
  for (let start = 0; start < hashes.length; start += atOnce) {
    const some = hashes.slice(start, start + atOnce);
    pictures.push(
      ...(await Promise.all(
        some.map((hash) => smallPicture(join(thumbnailFolder, `${hash}.webp`), side, channels)),
      )),
    );
  }
  return pictures;
}

async function smallPicture(
  path: string,
  side: number,
  channels: 1 | 3,
): Promise<Uint8Array | null> {
  try {
    const pixels = await sharp(await readFile(path))
      .removeAlpha()
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .resize({ width: side, height: side, fit: 'cover', position: 'centre' })
      .raw({ depth: 'uchar' })
      .toBuffer();
    return pixels.length === side * side * channels ? new Uint8Array(pixels) : null;
  } catch {
    return null;
  }
}

/** Pictures without a thumbnail are near to nothing. */
export async function nearlyEqual(task: NearlyEqualTask): Promise<NearPair[]> {
  const { thumbnailFolder, ones, others, tolerance } = task;
  const load = (hashes: readonly string[]) =>
    smallPictures({
      ...{ kind: 'smallPictures', thumbnailFolder, hashes, side: comparedSide, channels: 3 },
    });
  const sorted = (await load(others))
    .flatMap((pixels, other) => (pixels ? [{ pixels, other, mean: meanOf(pixels) }] : []))
    .sort((a, b) => a.mean - b.mean);
  const pairs: NearPair[] = [];
  (await load(ones)).forEach((pixels, one) => {
    if (!pixels) return;
    const mean = meanOf(pixels);
    let best: NearPair | undefined;
    // The difference of two means is never above the root mean square of the differences.
    for (let at = firstFrom(sorted, mean - tolerance); at < sorted.length; at++) {
      const candidate = sorted[at]!;
      if (candidate.mean > mean + tolerance) break;
      const difference = differenceOf(pixels, candidate.pixels, best?.difference ?? tolerance);
      if (difference <= tolerance && (!best || difference < best.difference)) {
        best = { one, other: candidate.other, difference };
      }
    }
    if (best) pairs.push(best);
  });
  return pairs;
}

function meanOf(pixels: Uint8Array): number {
  return pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
}

/** The first place whose mean is at least `least`. */
function firstFrom(sorted: readonly { readonly mean: number }[], least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.mean < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Exact up to `most`; Infinity above it. */
function differenceOf(a: Uint8Array, b: Uint8Array, most: number): number {
  const limit = most * most * comparedLength + 1e-9;
  let sum = 0;
  for (let i = 0; i < comparedLength; i++) {
    sum += (a[i]! - b[i]!) ** 2;
    if (sum > limit) return Infinity;
  }
  return Math.sqrt(sum / comparedLength);
}
