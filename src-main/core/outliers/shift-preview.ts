// Previews of shift transforms: a reader process makes the small pictures, a worker process transforms them.
// Both are started with the first preview and end after a time without previews.

import { join } from 'node:path';
import type { ShiftChoice, ShiftPicture } from '#contract/outlier.ts';
import { Failure } from '#domain/failure.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { parseShiftName, shiftParameters } from '#domain/shift-table.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import type { SmallPicture } from '#worker/contract.ts';
import { ImageReader } from '../reader/reader.ts';
import type { Compute, Lease } from '../workers/compute.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { imageIdsOfRole } from '../store/images/datasets.ts';
import { findImage, imageById } from '../store/images/images.ts';

/** Without a preview the processes end, milliseconds. */
const idleMs = 60_000;

/** Small pictures that are kept: a gallery asks for the same ones again and again. */
const mostKept = 64;

export interface PreviewRequest {
  readonly dataset: string;
  readonly hash: string;
  readonly shift: ShiftChoice;
  readonly seed: number;
  readonly side: number;
}

export class ShiftPreviewer {
  readonly #database: ProjectDatabase;
  readonly #thumbnailFolder: string;
  readonly #compute: Compute;
  readonly #kept = new Map<string, Promise<Uint8Array | null>>();
  #reader: ImageReader | undefined;
  #lease: Lease | undefined;
  #idle: NodeJS.Timeout | undefined;
  #underWay = 0;

  /** `folder`: the project's, absolute. */
  constructor(database: ProjectDatabase, folder: string, compute: Compute) {
    this.#database = database;
    this.#compute = compute;
    this.#thumbnailFolder = join(folder, 'cache', 'thumbnails');
  }

  /** Throws `not-found`, `unknown-option`, `bad-input`, `stopped` and `link-closed`. */
  async preview(request: PreviewRequest, stop: Stop): Promise<ShiftPicture> {
    const { shift, seed, side } = request;
    shiftParameters(parseShiftName(shift.name), shift.parameters);
    const { channels, partner } = this.#find(request);
    this.#underWay++;
    clearTimeout(this.#idle);
    try {
      const [picture, other] = await Promise.all([
        this.#small(request.hash, side, channels),
        this.#small(partner, side, channels),
      ]);
      throwIfStopped(stop);
      const task = { shift, seed, picture, partner: other };
      const lease = (this.#lease ??= this.#compute.lease());
      try {
        return await lease.call('shift', task, stop);
      } catch (error) {
        // A preview loses nothing: an unexpected end of the process need not be shown to the user.
        if (!(error instanceof Failure) || error.code !== 'link-closed') throw error;
        void lease.release();
        if (this.#lease === lease) this.#lease = undefined;
        this.#lease ??= this.#compute.lease();
        return await this.#lease.call('shift', task, stop);
      }
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#rest();
    }
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#reader?.close();
    this.#reader = undefined;
    void this.#lease?.release();
    this.#lease = undefined;
    this.#kept.clear();
  }

  /** The partner is another normal image, drawn by the seed; an only image is its own. */
  #find({ dataset, hash, seed }: PreviewRequest): { channels: number; partner: string } {
    return this.#database.read((reader) => {
      const image = findImage(reader, hash);
      if (!image) throw new Failure('not-found', `There is no image ${hash} in this project.`);
      const { channels } = imageById(reader, image.id)!;
      const ids = imageIdsOfRole(reader, datasetNamed(reader, dataset), 'normal');
      const others = ids.filter((id) => id !== image.id);
      const drawn = new RandomStream(seed, purpose.partner).integer(Math.max(1, others.length));
      const partner = others.length > 0 ? imageById(reader, others[drawn]!)!.hash : hash;
      return { channels, partner };
    });
  }

  async #small(hash: string, side: number, channels: number): Promise<SmallPicture> {
    const key = `${hash} ${side} ${channels}`;
    let asked = this.#kept.get(key);
    if (!asked) {
      this.#reader ??= new ImageReader();
      const thumbnailFolder = this.#thumbnailFolder;
      asked = this.#reader
        .run({ kind: 'smallPictures', thumbnailFolder, hashes: [hash], side, channels })
        .then(([pixels]) => pixels ?? null);
      asked.catch(() => this.#kept.delete(key));
      this.#kept.set(key, asked);
      if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!);
    }
    const pixels = await asked;
    if (pixels) return { side, channels, pixels: Buffer.from(pixels).toString('base64') };
    this.#kept.delete(key);
    throw new Failure(
      'not-found',
      'The thumbnail of this image is missing. Import the image again: its file is then read again.',
    );
  }

  #rest(): void {
    this.#idle = setTimeout(() => this.close(), idleMs);
    this.#idle.unref();
  }
}
