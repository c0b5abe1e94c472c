// Pixel shards: images of one size in one file, written by the core and read by the worker.
//
// Layout: the 8 bytes "NSSHARD1", the header's length as u32 little-endian, the header (JSON, UTF-8,
// padded with spaces so that pixels start at a multiple of 8), then the pixels: image after image,
// row after row, channels interleaved; 16-bit values little-endian.

import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';

const magic = 'NSSHARD1';

export interface ShardHeader {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly type: 'uint8' | 'uint16';
  /** Per channel, the pixel values that become 0 and 1 in the network's input. */
  readonly window: readonly (readonly [low: number, high: number])[];
  /** SHA-256 of the pixels, hexadecimal. */
  readonly sha256: string;
}

export interface Shard extends ShardHeader {
  readonly pixels: Uint8Array | Uint16Array;
}

/** What is known of a shard beside its pixels. */
export type ShardShape = Omit<ShardHeader, 'count' | 'sha256'>;

/**
 * Writes a shard as a stream of images; the file appears whole, under its name, or not at all. A
 * function is asked for the header after the last image.
 */
export async function writeShard(
  path: string,
  header: ShardShape | (() => ShardShape),
  images: AsyncIterable<Uint8Array | Uint16Array>,
): Promise<ShardHeader> {
  const { rename, rm } = await import('node:fs/promises');
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w');
  try {
    // The header is written last, over room kept for it, because count and hash come last.
    const room = 4096;
    const hash = createHash('sha256');
    let count = 0;
    let position = room;
    for await (const image of images) {
      const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
      hash.update(bytes);
      await file.write(bytes, 0, bytes.length, position);
      position += bytes.length;
      count++;
    }
    const shape = typeof header === 'function' ? header() : header;
    const full: ShardHeader = { ...shape, count, sha256: hash.digest('hex') };
    const start = Buffer.alloc(room, ' ');
    start.write(magic, 0, 'latin1');
    start.writeUInt32LE(room - 12, 8);
    start.write(JSON.stringify(full), 12, 'utf8');
    await file.write(start, 0, room, 0);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    return full;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Reads a shard whole and checks its hash. Throws `checkpoint-damaged` when it does not match. */
export async function readShard(path: string): Promise<Shard> {
  const bytes = await readFile(path);
  const damaged = () =>
    new Failure(
      'checkpoint-damaged',
      `The pixel cache ${path} is damaged. Delete it; it will be made again.`,
      path,
    );
  if (bytes.length < 12 || bytes.toString('latin1', 0, 8) !== magic) throw damaged();
  const start = 12 + bytes.readUInt32LE(8);
  let header: ShardHeader;
  try {
    header = JSON.parse(bytes.toString('utf8', 12, start)) as ShardHeader;
  } catch {
    throw damaged();
  }
  const pixelBytes = bytes.subarray(start);
  const bytesPerValue = header.type === 'uint16' ? 2 : 1;
  const expected = header.count * header.height * header.width * header.channels * bytesPerValue;
  if (pixelBytes.length !== expected) throw damaged();
  if (createHash('sha256').update(pixelBytes).digest('hex') !== header.sha256) throw damaged();
  // A copy at offset 0 of its own buffer, so that a 16-bit view is aligned.
  const own = new Uint8Array(pixelBytes);
  return { ...header, pixels: bytesPerValue === 2 ? new Uint16Array(own.buffer) : own };
}

/**
 * The header of a shard whose pixels match its hash; undefined when there is none or it is damaged.
 * Reads the file as a stream.
 */
export async function verifyShard(path: string): Promise<ShardHeader | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const start = Buffer.alloc(12);
    await file.read(start, 0, 12, 0);
    const room = start.readUInt32LE(8);
    if (start.toString('latin1', 0, 8) !== magic || room > 2 ** 20) return undefined;
    const text = Buffer.alloc(room);
    await file.read(text, 0, room, 12);
    const header = JSON.parse(text.toString('utf8')) as ShardHeader;
    const hash = createHash('sha256');
    for await (const chunk of file.createReadStream({ start: 12 + room, autoClose: false })) {
      hash.update(chunk as Buffer);
    }
    return hash.digest('hex') === header.sha256 ? header : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
