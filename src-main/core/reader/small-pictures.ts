// Thumbnails as small squares of pixels. Runs in the image reader's process.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sharp } from '../formats/image-library.ts';

export interface SmallPicturesTask {
  readonly kind: 'smallPictures';
  readonly thumbnailFolder: string;
  readonly hashes: readonly string[];
  readonly side: number;
  readonly channels: number;
}

/** Decoded at once. */
const atOnce = 8;

/** [side, side, channels] each; null without a readable thumbnail. */
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
  channels: number,
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
