// Feature packs: vectors of many images in one file, which is written in one step and never changed.
//
// Layout: the 8 bytes "NSFEATS1", the header's length as u32 little-endian, the header (JSON, UTF-8,
// padded with spaces so that what follows starts at a multiple of 8), then the SHA-256 of each image
// (32 bytes each), then the vectors (32-bit floats, little-endian), image after image.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeWhole } from '#files/whole-file.ts';

const magic = 'NSFEATS1';
const hashBytes = 32;

const headerSchema = z.strictObject({
  /** The key of the vectors: network, preprocessing. */
  key: z.string(),
  /** Values of a vector. */
  size: z
    .int()
    .min(1)
    .max(2 ** 24),
  count: z
    .int()
    .min(0)
    .max(2 ** 32),
  /** SHA-256 of everything behind the header, hexadecimal. */
  sha256: z.string(),
});

/** By SHA-256 of the image, hexadecimal; all of one length. */
export type ImageVectors = ReadonlyMap<string, Float32Array>;

/** Bytes of a pack, but for its header. */
export function packBytes(vectors: ImageVectors): number {
  const size = vectors.values().next().value?.length ?? 0;
  return vectors.size * (hashBytes + 4 * size);
}

/** `vectors`: at least one. Throws as `writeWhole`. */
export async function writePack(path: string, key: string, vectors: ImageVectors): Promise<void> {
  const size = vectors.values().next().value!.length;
  const body = Buffer.alloc(packBytes(vectors));
  const values = new Float32Array(
    body.buffer,
    body.byteOffset + vectors.size * hashBytes,
    vectors.size * size,
  );
  let row = 0;
  for (const [hash, vector] of vectors) {
    body.write(hash, row * hashBytes, 'hex');
    values.set(vector, row * size);
    row++;
  }
  const sha256 = createHash('sha256').update(body).digest('hex');
  const text = JSON.stringify({ key, size, count: vectors.size, sha256 });
  const length = Math.ceil((12 + text.length) / 8) * 8 - 12;
  const start = Buffer.alloc(12 + length, ' ');
  start.write(magic, 0, 'latin1');
  start.writeUInt32LE(length, 8);
  start.write(text, 12, 'latin1');
  await writeWhole(path, [start, body]);
}

/**
 * The vectors of a pack; undefined when there is no such file, 'damaged' when its content has
 * changed or belongs to another key. The vectors are parts of one array.
 */
export async function readPack(
  path: string,
  key: string,
): Promise<ImageVectors | 'damaged' | undefined> {
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (error) {
    // Evicted, or merged into another pack, by another process that uses the cache.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (file.length < 12 || file.toString('latin1', 0, 8) !== magic) return 'damaged';
  const start = 12 + file.readUInt32LE(8);
  const header = headerSchema.safeParse(jsonIn(file.toString('latin1', 12, start)));
  if (!header.success || header.data.key !== key) return 'damaged';
  const { size, count, sha256 } = header.data;
  const body = file.subarray(start);
  if (body.length !== count * (hashBytes + 4 * size)) return 'damaged';
  if (createHash('sha256').update(body).digest('hex') !== sha256) return 'damaged';
  const values = new Float32Array(count * size);
  Buffer.from(values.buffer).set(body.subarray(count * hashBytes));
  const hashes = body.toString('hex', 0, count * hashBytes);
  const vectors = new Map<string, Float32Array>();
  for (let row = 0; row < count; row++) {
    const hash = hashes.slice(2 * hashBytes * row, 2 * hashBytes * (row + 1));
    vectors.set(hash, values.subarray(row * size, (row + 1) * size));
  }
  return vectors;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
