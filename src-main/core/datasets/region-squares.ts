// The squares of many regions: each file is read once for all of its regions, and the squares are kept
// in a temporary file, because the order of a shard is independent of the files.

import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { ImportProblem } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { regionAddress, type RegionAddress } from '#domain/pixels/region-address.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { noteReplaced } from '../archives/replaced-files.ts';
import { reasons } from '../formats/unreadable.ts';
import { fileOf, originalFiles, type ImageFile } from '../archives/originals.ts';
import { standardPixelLimit } from '../formats/decode.ts';
import { inOrder } from '../reader/ordered.ts';
import type { ImageReader } from '../reader/reader.ts';
import type { PixelType } from '../reader/square.ts';

export interface SquareShape {
  readonly side: number;
  readonly channels: number;
  readonly type: PixelType;
}

interface RegionPorts {
  readonly projectFolder: string;
  readonly reader: ImageReader;
  readonly stop: Stop;
  /** After each region. */
  onDone(): void;
}

/** Squares that one answer of the reader holds, bytes. */
const answerBytes = 16 * 2 ** 20;

/** Regions of one file, from top to bottom. */
interface Part {
  readonly file: ImageFile;
  readonly regions: readonly { readonly index: number; readonly address: RegionAddress }[];
}

export class RegionSquares {
  readonly #file: FileHandle;
  readonly #shape: SquareShape;
  readonly #bytes: number;
  readonly #problems = new Map<number, ImportProblem>();

  /** file: open for writing and reading, and empty; the caller closes and removes it. */
  constructor(file: FileHandle, shape: SquareShape) {
    this.#file = file;
    this.#shape = shape;
    this.#bytes = shape.side ** 2 * shape.channels * (shape.type === 'uint16' ? 2 : 1);
  }

  /** Of all images that are regions. Throws `stopped`, and errors of the disk. */
  async fill(images: readonly ImageFile[], ports: RegionPorts): Promise<void> {
    const { reader, projectFolder, stop } = ports;
    const read = async ({ file, regions }: Part) => {
      const paths = originalFiles(projectFolder, file);
      const shape = { ...this.#shape, pixelLimit: standardPixelLimit };
      const addresses = regions.map(({ address }) => address);
      const squares = await reader
        .run({ kind: 'regionSquares', hash: file.hash, paths, regions: addresses, ...shape })
        .catch((error: unknown) => problemOf(error));
      if ('code' in squares && squares.reason === reasons.replaced) {
        await noteReplaced(projectFolder);
      }
      return { file, regions, squares };
    };
    for await (const { file, regions, squares } of inOrder(
      this.#parts(images),
      reader.parallel,
      read,
    )) {
      throwIfStopped(stop);
      for (const [at, { index, address }] of regions.entries()) {
        if ('code' in squares) {
          const path = regionAddress(file.paths[0] ?? file.hash, address);
          this.#problems.set(index, { path, ...squares });
        } else {
          const { buffer, byteOffset } = squares[at]!;
          const bytes = new Uint8Array(buffer, byteOffset, this.#bytes);
          await this.#file.write(bytes, 0, this.#bytes, index * this.#bytes);
        }
        ports.onDone();
      }
    }
  }

  /** Of the image at this index, which must be a region: its square, or the reason why there is none. */
  async take(index: number): Promise<Uint8Array | Uint16Array | ImportProblem> {
    const problem = this.#problems.get(index);
    if (problem !== undefined) return problem;
    const bytes = new Uint8Array(this.#bytes);
    const { bytesRead } = await this.#file.read(bytes, 0, this.#bytes, index * this.#bytes);
    if (bytesRead !== this.#bytes) throw new Error(`The square of region ${index} is missing.`);
    return this.#shape.type === 'uint16' ? new Uint16Array(bytes.buffer) : bytes;
  }

  async *#parts(images: readonly ImageFile[]): AsyncGenerator<Part> {
    const atOnce = Math.max(1, Math.floor(answerBytes / this.#bytes));
    const ofFile = new Map<string, { file: ImageFile; regions: Part['regions'][number][] }>();
    for (const [index, image] of images.entries()) {
      if (image.region === null) continue;
      const file = fileOf(image);
      const key = `${file.hash} ${image.region.level}`;
      const known = ofFile.get(key) ?? { file, regions: [] };
      ofFile.set(key, known);
      known.regions.push({ index, address: image.region });
    }
    for (const { file, regions } of ofFile.values()) {
      // Sorting a file's regions blocks, so other work runs between files.
      await setImmediate();
      regions.sort((a, b) => a.address.y - b.address.y || a.address.x - b.address.x);
      for (let start = 0; start < regions.length; start += atOnce) {
        yield { file, regions: regions.slice(start, start + atOnce) };
      }
    }
  }
}

/** The fault of one file; other errors are rethrown. */
function problemOf(error: unknown): Pick<ImportProblem, 'code' | 'reason'> {
  if (!(error instanceof Failure) || error.code === 'stopped') throw error;
  return { code: error.code, reason: error.message };
}
