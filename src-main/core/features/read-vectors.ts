// Vectors of images that a worker wrote to a file: 32-bit floats (little-endian), image after image.

import { readFile } from 'node:fs/promises';
import type { ImageVectors } from './feature-pack.ts';

/** `hashes`: of the images, in the order of the file; all vectors are of one length. Throws what reading throws. */
export async function readVectors(path: string, hashes: readonly string[]): Promise<ImageVectors> {
  const values = new Float32Array(new Uint8Array(await readFile(path)).buffer);
  const size = values.length / hashes.length;
  return new Map(hashes.map((hash, row) => [hash, values.subarray(row * size, (row + 1) * size)]));
}
