// Writes the pixels of a list of images into one shard (worker/files/shard.ts) in cache/shards, named by
// its contents, so that the same list is written once. 16-bit images get a window: the pixel values
// that the network sees as 0 and 1.

import { createHash } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportProblem } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import type { RegionAddress } from '#domain/pixels/region-address.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { sweepTemporary } from '#files/whole-file.ts';
import { shardAddress, verifyShard, writeShard, type ShardHeader } from '#worker/files/shard.ts';
import { standardPixelLimit } from '../formats/decode.ts';
import { imageLibraryVersion } from '../formats/image-library.ts';
import { inOrder } from '../reader/ordered.ts';
import {
  fileOf,
  incoming,
  originalFiles,
  restoreOriginals,
  sweepIncoming,
} from '../archives/originals.ts';
import { noteReplaced } from '../archives/replaced-files.ts';
import { reasons } from '../formats/unreadable.ts';
import type { ImageReader } from '../reader/reader.ts';
import { withReader } from '../reader/with-reader.ts';
import { RegionSquares } from './region-squares.ts';
import { WindowFinder } from './window.ts';

export interface ShardImage {
  /** Of the image: of its file's bytes, or of a region's address. */
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly bitDepth: 8 | 16;
  /** The part of the file that is the image; null for all of it. */
  readonly region: RegionAddress | null;
  /** Every path where its file was seen; the first that still holds it is read. */
  readonly paths: readonly string[];
}

export interface PixelShardRequest {
  /** In the order wanted in the shard. */
  readonly images: readonly ShardImage[];
  /** Side of the stored squares, pixels; see `storedSide`. */
  readonly side: number;
  /** See `shardChannels`. */
  readonly channels: number;
  /**
   * Depth and window of the shard that a model was trained on, so that it sees the same values;
   * left out: found from these images.
   */
  readonly like?: Pick<ShardHeader, 'type' | 'window'>;
}

export interface PixelShardJob {
  readonly projectFolder: string;
  readonly stop: Stop;
  /** Where the shard is kept; cache/shards when left out. */
  readonly shardFolder?: string;
  /** Whether a shard without images is a valid result. */
  readonly mayBeEmpty?: boolean;
  report?(done: number, total: number): void;
}

export interface PixelShardResult {
  readonly path: string;
  /** Its address, as a task names it: see `shardAddress`. */
  readonly hash: string;
  readonly header: ShardHeader;
  /** Indices into `request.images` of the images that the shard holds, in its order. */
  readonly held: readonly number[];
  /** Images that could be read at import and no longer can. */
  readonly problems: readonly ImportProblem[];
}

/** Changes whenever the same request would give other pixels. */
export const pixelFormat = `1, ${imageLibraryVersion}`;

/** Grey when every normal image is grey, else colour. */
export function shardChannels(normals: readonly ShardImage[]): number {
  return normals.every((image) => image.channels === 1) ? 1 : 3;
}

/**
 * Side of the stored squares: `factor` times the side that the network sees, because views are cut
 * from more pixels than they show, but no more than the images have (median of their short sides).
 */
export function storedSide(inputSize: number, normals: readonly ShardImage[], factor = 2): number {
  const sides = normals.map(({ width, height }) => Math.min(width, height)).sort((a, b) => a - b);
  const median = sides[Math.floor(sides.length / 2)] ?? inputSize;
  return Math.max(1, Math.min(Math.round(factor * inputSize), median));
}

/**
 * The shard of the request: an intact existing one, or a new one. Each image is cut to the square
 * in its middle. Throws `stopped`, `disk-full`, and `too-few-images` when no image can be read, unless
 * the shard may be empty.
 */
export async function writePixelShards(
  request: PixelShardRequest,
  job: PixelShardJob,
): Promise<PixelShardResult> {
  const folder = job.shardFolder ?? join(job.projectFolder, 'cache', 'shards');
  const everything = request.images.map((_, index) => index);
  const path = join(folder, shardName(request, everything));
  const intact = await verifyShard(path);
  if (intact !== undefined) {
    const hash = shardAddress(intact);
    return { path, hash, header: intact, held: everything, problems: [] };
  }
  await rm(path, { force: true });
  await mkdir(folder, { recursive: true });
  // The first: of versions that named them so.
  await sweepIncoming(folder);
  await sweepTemporary(folder);
  await restoreOriginals(job.projectFolder, request.images.map(fileOf), job.stop);
  return await withReader(job.stop, (reader) => writeNew(request, job, reader, folder));
}

async function writeNew(
  request: PixelShardRequest,
  job: PixelShardJob,
  reader: ImageReader,
  folder: string,
): Promise<PixelShardResult> {
  const { images, side, channels, like } = request;
  const type = like?.type ?? (images.some(({ bitDepth }) => bitDepth === 16) ? 'uint16' : 'uint8');
  const finder = like === undefined && type === 'uint16' ? new WindowFinder(channels) : undefined;
  const held: number[] = [];
  const problems: ImportProblem[] = [];
  let done = 0;
  const scratchPath = incoming(folder);
  const scratch = await open(scratchPath, 'wx+');
  const regions = new RegionSquares(scratch, { side, channels, type });
  const onDone = () => job.report?.(++done, images.length);

  async function* squares(): AsyncGenerator<Uint8Array | Uint16Array> {
    const window = 4 * reader.parallel;
    await regions.fill(images, { ...job, reader, onDone });
    for await (const read of inOrder(indices(images.length), window, readOne)) {
      throwIfStopped(job.stop);
      if (images[read.index]!.region === null) onDone();
      if (read.problem !== undefined) problems.push(read.problem);
      else {
        held.push(read.index);
        finder?.add(read.pixels as Uint16Array);
        yield read.pixels;
      }
    }
    if (held.length === 0 && job.mayBeEmpty !== true) {
      const reason = problems[0]?.reason ?? 'The list is empty.';
      throw new Failure('too-few-images', `None of the images can be read. The first: ${reason}`);
    }
  }

  async function readOne(index: number): Promise<ReadSquare> {
    const image = images[index]!;
    if (image.region !== null) {
      const square = await regions.take(index);
      return 'code' in square ? { index, problem: square } : { index, pixels: square };
    }
    const paths = originalFiles(job.projectFolder, image);
    try {
      const task = { kind: 'square', hash: image.hash, paths, side, channels, type } as const;
      return { index, pixels: await reader.run({ ...task, pixelLimit: standardPixelLimit }) };
    } catch (error) {
      if (!(error instanceof Failure) || error.code === 'stopped') throw error;
      if (error.message === reasons.replaced) await noteReplaced(job.projectFolder);
      const path = image.paths[0] ?? image.hash;
      return { index, problem: { path, code: error.code, reason: error.message } };
    }
  }

  const windows = () => like?.window ?? finder?.window() ?? fullRange(channels);
  const header = await writeShard(
    { folder, name: () => shardName(request, held) },
    () => ({ height: side, width: side, channels, type, window: windows() }),
    squares(),
  ).finally(async () => {
    await scratch.close();
    await rm(scratchPath, { force: true });
  });
  const path = join(folder, shardName(request, held));
  return { path, hash: shardAddress(header), header, held, problems };
}

type ReadSquare =
  | {
      readonly index: number;
      readonly pixels: Uint8Array | Uint16Array;
      readonly problem?: undefined;
    }
  | { readonly index: number; readonly problem: ImportProblem };

// eslint-disable-next-line @typescript-eslint/require-await -- a stream by contract of inOrder
async function* indices(count: number): AsyncGenerator<number> {
  for (let index = 0; index < count; index++) yield index;
}

function fullRange(channels: number): ShardHeader['window'] {
  return Array.from({ length: channels }, () => [0, 255] as const);
}

/** The name says which images, in which order, at which size, depth and window. */
function shardName(request: PixelShardRequest, held: readonly number[]): string {
  const { images, side, channels, like } = request;
  const sum = createHash('sha256');
  sum.update(JSON.stringify({ format: pixelFormat, side, channels, like: like ?? null }));
  for (const index of held) sum.update('\n' + images[index]!.hash);
  return `${sum.digest('hex')}.shard`;
}
