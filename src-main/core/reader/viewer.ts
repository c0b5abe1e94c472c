// Pictures of catalogued images for display. A separate process decodes them, which is started on demand
// and ended when idle; a few hundred pictures are cached.

import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageHistogram } from '#contract/image-look.ts';
import type { ShownLook } from '#contract/picture-look.ts';
import { Failure } from '#domain/failure.ts';
import type { RegionAddress } from '#domain/pixels/region-address.ts';
import { neverStop, throwIfStopped, type Stop } from '#domain/stop.ts';
import { archiveOf } from '../archives/archive.ts';
import { standardPixelLimit } from '../formats/decode.ts';
import { fileOf, originalFiles, restoreOriginals, type ImageFile } from '../archives/originals.ts';
import { noteReplaced } from '../archives/replaced-files.ts';
import { reasons } from '../formats/unreadable.ts';
import { isHash, shownOriginal, thumbnail, type Picture } from './pictures.ts';
import { ImageReader } from './reader.ts';
import type { HeatOverlay } from './heat-overlay.ts';
import { endsJob } from '../formats/unreadable.ts';
import type { ReaderResults, ReaderTask, SquareTask } from './reader-tasks.ts';

/** Pictures kept in the project's cache. */
const kept = 300;

/** Largest original sent to a page, pixels: a larger one would block the page for seconds. */
const originalLimit = 36e6;

/** An idle reader is ended after this time, milliseconds. */
const idleMs = 30_000;

interface ViewedImage {
  /** Every path where its file was seen. */
  readonly paths: readonly string[];
  /** The part of the file that is the image; null for all of it. */
  readonly region: RegionAddress | null;
  readonly bitDepth: 8 | 16;
  /** Width times height. */
  readonly pixels: number;
}

export class ImageViewer {
  readonly #folder: string;
  /** Where pictures and unpacked members are written. */
  readonly #scratch: string;
  readonly #find: (hash: string) => ViewedImage | undefined;
  /** By file name: requests for the same picture share one task. */
  readonly #rendering = new Map<string, Promise<Picture | undefined>>();
  /** Settles once the thumbnails of earlier previews are removed. */
  #previews: Promise<void> | undefined;
  #reader: ImageReader | undefined;
  #idle: NodeJS.Timeout | undefined;
  #atWork = 0;
  #isClosed = false;

  /**
   * find: by hash; undefined for an unknown image. scratch: a folder to write into in place of the project's,
   * when that cannot be written.
   */
  constructor(
    projectFolder: string,
    find: (hash: string) => ViewedImage | undefined,
    scratch = projectFolder,
  ) {
    this.#folder = projectFolder;
    this.#find = find;
    this.#scratch = scratch;
  }

  /** undefined when neither the catalogue nor a preview knows such an image, or its thumbnail is gone. */
  async thumbnail(hash: string): Promise<Picture | undefined> {
    if (!isHash(hash)) return undefined;
    const folder = this.#find(hash) ? thumbnailsFolder : previewsFolder;
    return await thumbnail(folder(this.#folder), hash);
  }

  /**
   * Makes the thumbnail of a file that is not imported, and answers its hash; null when it cannot be
   * read. Throws `stopped` and `disk-full`.
   */
  async previewThumbnail(path: string, stop: Stop): Promise<string | null> {
    const folder = previewsFolder(this.#folder);
    this.#previews ??= rm(folder, { recursive: true, force: true });
    await this.#previews;
    throwIfStopped(stop);
    await mkdir(folder, { recursive: true });
    try {
      const { image } = await this.#run({
        ...{ kind: 'inspect', path, thumbnailFolder: folder, scratchFolder: folder, tiles: null },
        pixelLimit: standardPixelLimit,
      });
      return image.hash;
    } catch (error) {
      if (error instanceof Failure && !endsJob(error)) return null;
      throw error;
    }
  }

  /**
   * The original where it is of 8 bits, not huge, and browsers can show it; else a rendered picture.
   * undefined when the catalogue knows no such image, or it cannot be read.
   */
  async picture(hash: string, look: ShownLook | undefined): Promise<Picture | undefined> {
    const image = isHash(hash) ? this.#find(hash) : undefined;
    if (!image) return undefined;
    const { region, bitDepth, pixels } = image;
    // A browser shows the full range of 16 bits, in which most microscopes' images are black.
    if (look === undefined && region === null && bitDepth === 8 && pixels <= originalLimit) {
      const { paths } = image;
      const original = await shownOriginal(originalFiles(this.#folder, { hash, paths }));
      if (original) return original;
    }
    const words =
      look === undefined
        ? 'whole'
        : look === 'auto'
          ? 'auto'
          : `${look.low}-${look.high}-${look.channel}`;
    const name = `${hash}-${words}.png`;
    const running = this.#rendering.get(name);
    if (running) return await running;
    const rendering = this.#render(name, fileOf({ ...image, hash }), look).finally(() =>
      this.#rendering.delete(name),
    );
    this.#rendering.set(name, rendering);
    return await rendering;
  }

  /** Throws `not-found` and `unreadable-image`. */
  async histogram(hash: string): Promise<ImageHistogram> {
    const image = this.#find(hash) ?? { paths: [], region: null };
    return await this.#read(fileOf({ ...image, hash }), (file) => ({
      ...{ kind: 'histogram', ...file, pixelLimit: standardPixelLimit },
    }));
  }

  /** The square of pixels of an image as a network gets it. Throws `not-found` and `unreadable-image`. */
  async square(
    hash: string,
    wanted: Pick<SquareTask, 'side' | 'channels' | 'type'>,
  ): Promise<Uint8Array | Uint16Array> {
    const file = fileOf({ ...(this.#find(hash) ?? { paths: [], region: null }), hash });
    const { region } = file;
    const limited = { ...wanted, pixelLimit: standardPixelLimit };
    if (region === null)
      return await this.#read(file, (at) => ({ kind: 'square', ...at, ...limited }));
    const [square] = await this.#read(file, ({ hash: ofFile, paths }) => ({
      ...{ kind: 'regionSquares', hash: ofFile, paths, regions: [region], ...limited },
    }));
    return square!;
  }

  /**
   * Writes an image with a heat map over it as a PNG file; an existing file is replaced. Throws `not-found`,
   * `unreadable-image`, `disk-full`, and what the file system throws.
   */
  async writeHeat(hash: string, heat: HeatOverlay, target: string): Promise<void> {
    const file = fileOf({ ...(this.#find(hash) ?? { paths: [], region: null }), hash });
    await this.#read(file, (at) => ({
      ...{ kind: 'render', ...at, look: undefined, heat, target, scratchFolder: dirname(target) },
      pixelLimit: standardPixelLimit,
    }));
  }

  close(): void {
    this.#isClosed = true;
    this.#endReader();
  }

  async #render(
    name: string,
    image: ImageFile,
    look: ShownLook | undefined,
  ): Promise<Picture | undefined> {
    const folder = renderedFolder(this.#scratch);
    const target = join(folder, name);
    const picture = { path: target, type: 'image/png' };
    const now = new Date();
    // The least recently used pictures are removed first.
    const isThere = await utimes(target, now, now).then(
      () => true,
      () => false,
    );
    if (isThere) return picture;
    await mkdir(folder, { recursive: true });
    try {
      await this.#read(image, (file) => ({
        ...{ kind: 'render', ...file, look, target },
        ...{ scratchFolder: folder, pixelLimit: standardPixelLimit },
      }));
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
    await forgetOldest(folder);
    return picture;
  }

  async #read<T extends ReaderTask>(
    image: ImageFile,
    taskOn: (file: ImageFile) => T,
  ): Promise<ReaderResults[T['kind']]> {
    const { paths } = image;
    const files = new Set([this.#folder, this.#scratch].flatMap((at) => originalFiles(at, image)));
    const run = () => this.#run(taskOn({ ...image, paths: [...files] }));
    try {
      return await run();
    } catch (error) {
      if (error instanceof Failure && error.message === reasons.replaced) {
        await noteReplaced(this.#scratch);
      }
      const isPacked = paths.some((path) => archiveOf(path) !== undefined);
      if (!(error instanceof Failure) || error.code !== 'not-found' || !isPacked) throw error;
      await restoreOriginals(this.#scratch, [image], neverStop);
      return await run();
    }
  }

  async #run<T extends ReaderTask>(task: T): Promise<ReaderResults[T['kind']]> {
    if (this.#isClosed) throw new Failure('stopped', 'Stopped.');
    clearTimeout(this.#idle);
    this.#reader ??= new ImageReader(2);
    this.#atWork++;
    try {
      return await this.#reader.run(task);
    } finally {
      this.#atWork--;
      if (this.#atWork === 0) {
        this.#idle = setTimeout(() => this.#endReader(), idleMs);
        // No request waits for it.
        this.#idle.unref();
      }
    }
  }

  #endReader(): void {
    clearTimeout(this.#idle);
    this.#reader?.close();
    this.#reader = undefined;
  }
}

export function renderedFolder(projectFolder: string): string {
  return join(projectFolder, 'cache', 'rendered');
}

function thumbnailsFolder(projectFolder: string): string {
  return join(projectFolder, 'cache', 'thumbnails');
}

/** Thumbnails of files that may never be imported. */
export function previewsFolder(projectFolder: string): string {
  return join(projectFolder, 'cache', 'previews');
}

async function forgetOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= kept) return;
  const times = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs }) => ({ name, mtimeMs }),
        () => ({ name, mtimeMs: 0 }),
      ),
    ),
  );
  times.sort((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { name } of times.slice(kept)) await rm(join(folder, name), { force: true });
}
