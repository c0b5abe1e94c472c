// A file of features: 32-bit floats (little-endian), a row for each image.

import { readFile } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';
import type { Input } from '../contract.ts';

/** [count, size]; `count` left out, as many rows as there are. Throws `bad-input` where the file holds no such rows. */
export async function readRows(
  { path }: Input,
  count: number | undefined,
  size: number,
): Promise<Float32Array> {
  const values = new Float32Array(new Uint8Array(await readFile(path)).buffer);
  if (count === undefined ? values.length % size === 0 : values.length === count * size) {
    return values;
  }
  const wanted = count === undefined ? 'rows' : `${count} rows`;
  throw new Failure(
    'bad-input',
    `The file ${path} does not hold ${wanted} of ${size} values.`,
    path,
  );
}
