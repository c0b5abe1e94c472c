// Pixel shards: images of one size in one file, written by the core and read by the worker.
//
// Layout: the 8 bytes "NSSHARD1", the header's length as u32 little-endian, the header (JSON, UTF-8,
// padded with spaces so that pixels start at a multiple of 8), then the pixels: image after image,
// row after row, channels interleaved; 16-bit values little-endian.

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { mostChannels } from '#domain/pixels/channel.ts';
import { Failure } from '#domain/failure.ts';
import { putWhole, type Target } from '#files/whole-file.ts';

const magic = 'NSSHARD1';
const longestHeader = 2 ** 20;
/** One read is limited to 2 GiB. */
const longestRead = 2 ** 30;
const remade = 'Delete it, if it is there, and start again: it will be created again.';

export interface ShardHeader {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly type: 'uint8' | 'uint16';
  /** Per channel, the pixel values that become 0 and 1 in the network's input. */
  readonly window: readonly (readonly [low: number, high: number])[];
  /** SHA-256 of the pixels, hexadecimal. */
  readonly sha256: string;
}

const headerSchema = z.object({
  count: z.int().min(0),
  height: z.int().min(1).max(65536),
  width: z.int().min(1).max(65536),
  channels: z.int().min(1).max(mostChannels),
  type: z.enum(['uint8', 'uint16']),
  window: z.array(z.tuple([z.number(), z.number()])),
  sha256: z.string(),
});

export interface Shard extends ShardHeader {
  readonly pixels: Uint8Array | Uint16Array;
}

/** The metadata of a shard. */
export type ShardShape = Omit<ShardHeader, 'count' | 'sha256'>;

/**
 * Writes a shard from a stream of images; the complete file appears under its name, or none does. A
 * header given as a function is called after the last image. Throws what `images` throws, `disk-full` and
 * `bad-input`.
 */
export async function writeShard(
  target: Target,
  header: ShardShape | (() => ShardShape),
  images: AsyncIterable<Uint8Array | Uint16Array>,
): Promise<ShardHeader> {
  return await putWhole(target, (temporary) => writeAt(temporary, header, images));
}

async function writeAt(
  path: string,
  header: ShardShape | (() => ShardShape),
  images: AsyncIterable<Uint8Array | Uint16Array>,
): Promise<ShardHeader> {
  const file = await open(path, 'wx');
  try {
    // The header is written last, into space reserved for it, because count and hash are known last.
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
    return full;
  } finally {
    await file.close();
  }
}

/** SHA-256 over the shape and window of a shard and the hash of its pixels. */
export function shardAddress(header: ShardHeader): string {
  const { count, height, width, channels, type, window, sha256 } = header;
  const all = JSON.stringify({ count, height, width, channels, type, window, sha256 });
  return createHash('sha256').update(all).digest('hex');
}

/**
 * Reads a whole shard and checks its hash and, where given, its address. Throws
 * `not-found` and `checkpoint-damaged`.
 */
export async function readShard(path: string, address?: string): Promise<Shard> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) {
    throw new Failure('not-found', `The pixel cache ${path} is missing. ${remade}`, path);
  }
  const damaged = () =>
    new Failure('checkpoint-damaged', `The pixel cache ${path} is damaged. ${remade}`, path);
  try {
    const found = await readHeader(file);
    if (found === undefined) throw damaged();
    const { header, start } = found;
    if (address !== undefined && shardAddress(header) !== address) {
      throw new Failure(
        'checkpoint-damaged',
        `The pixel cache ${path} holds other images than requested. ${remade}`,
        path,
      );
    }
    const length = pixelBytes(header);
    if ((await file.stat()).size !== start + length) throw damaged();
    // In shared memory, so that threads that draw views need no copy.
    const bytes = new Uint8Array(new SharedArrayBuffer(length));
    for (let at = 0; at < length;) {
      const { bytesRead } = await file.read(
        bytes,
        at,
        Math.min(longestRead, length - at),
        start + at,
      );
      if (bytesRead === 0) throw damaged();
      at += bytesRead;
    }
    if (createHash('sha256').update(bytes).digest('hex') !== header.sha256) throw damaged();
    return { ...header, pixels: header.type === 'uint16' ? new Uint16Array(bytes.buffer) : bytes };
  } finally {
    await file.close();
  }
}

/**
 * The header of a shard whose pixels match its hash; undefined when there is none or it is damaged.
 * Reads the file as a stream.
 */
export async function verifyShard(path: string): Promise<ShardHeader | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const found = await readHeader(file);
    if (found === undefined) return undefined;
    const hash = createHash('sha256');
    for await (const chunk of file.createReadStream({ start: found.start, autoClose: false })) {
      hash.update(chunk as Buffer);
    }
    return hash.digest('hex') === found.header.sha256 ? found.header : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** The header and where the pixels start; undefined when it is invalid. */
async function readHeader(
  file: FileHandle,
): Promise<{ header: ShardHeader; start: number } | undefined> {
  if (!(await file.stat()).isFile()) return undefined;
  const prefix = Buffer.alloc(12);
  await file.read(prefix, 0, 12, 0);
  const length = prefix.readUInt32LE(8);
  if (prefix.toString('latin1', 0, 8) !== magic || length > longestHeader) return undefined;
  const text = Buffer.alloc(length);
  await file.read(text, 0, length, 12);
  try {
    const header = headerSchema.safeParse(JSON.parse(text.toString('utf8')));
    const fits = header.success && header.data.window.length === header.data.channels;
    return fits ? { header: header.data, start: 12 + length } : undefined;
  } catch {
    return undefined;
  }
}

function pixelBytes({ count, height, width, channels, type }: ShardHeader): number {
  return count * height * width * channels * (type === 'uint16' ? 2 : 1);
}
