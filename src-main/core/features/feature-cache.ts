// A disk cache of feature vectors by network (SHA-256 of its file), preprocessing and image (SHA-256).
// Everything in it can be removed at any time. Each batch of vectors is one pack (feature-pack.ts), which is
// never changed: two processes may use one folder, and at worst a vector is computed twice.

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { packBytes, readPack, writePack, type ImageVectors } from './feature-pack.ts';

/** What the vectors of an image depend on, besides the image. */
export interface FeatureKey {
  /** SHA-256 of the model's or the backbone's file. */
  readonly network: string;
  /** Everything else: the preprocessing of pixels, and which outputs are used and how. JSON. */
  readonly preprocessing: unknown;
}

export interface FeatureCacheOptions {
  /** The most bytes on the disk; the least recently used packs are removed first. */
  readonly limit?: number;
  /** Called with a message when the cache cannot be read or written; work continues without it. */
  readonly onFault?: (text: string) => void;
}

const standardLimit = 2 * 2 ** 30;
/** More packs of one key are merged into one, except large ones: rewriting those gains nothing. */
const mostPacks = 8;
const largePack = 64 * 2 ** 20;
/** The largest pack, which is read as a whole. */
const largestPack = 512 * 2 ** 20;
const ending = '.features';
/** Temporary files of a process that was killed. */
const staleMs = 60 * 60 * 1000;

/** NORMSCOPE_FEATURE_CACHE_MB: the limit in MiB; 0 stores nothing. */
export function featureCacheLimit(env: NodeJS.ProcessEnv = process.env): number {
  const text = env['NORMSCOPE_FEATURE_CACHE_MB'];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) * 2 ** 20 : standardLimit;
}

export class FeatureCache {
  readonly #folder: string;
  readonly #limit: number;
  readonly #onFault: (text: string) => void;

  /** The folder is created at the first write. */
  constructor(folder: string, options: FeatureCacheOptions = {}) {
    this.#folder = folder;
    this.#limit = options.limit ?? featureCacheLimit();
    this.#onFault = options.onFault ?? (() => undefined);
  }

  /** The cached vectors of the given images. */
  async read(key: FeatureKey, hashes: Iterable<string>): Promise<ImageVectors> {
    const wanted = new Set(hashes);
    const found = new Map<string, Float32Array>();
    await this.#guarded('read', async () => {
      const id = idOf(key);
      for (const path of await this.#packs(id)) {
        if (wanted.size === 0) break;
        let isUsed = false;
        for (const [hash, vector] of (await this.#readPack(path, id)) ?? []) {
          if (!wanted.delete(hash)) continue;
          found.set(hash, vector);
          isUsed = true;
        }
        if (isUsed) await touch(path);
      }
    });
    return found;
  }

  /** Stores vectors, all of one length; those of images that are cached already are stored twice. */
  async write(key: FeatureKey, vectors: ImageVectors): Promise<void> {
    if (vectors.size === 0 || packBytes(vectors) > this.#limit) return;
    await this.#guarded('write', async () => {
      await mkdir(this.#folder, { recursive: true });
      const id = idOf(key);
      for (const part of parts(vectors)) await writePack(this.#newPath(id), id, part);
      await this.#merge(id);
      await this.#evict();
    });
  }

  async #merge(id: string): Promise<void> {
    const sizes = await Promise.all(
      (await this.#packs(id)).map(async (path) => {
        const found = await stat(path).catch(() => undefined);
        return { path, bytes: found?.size ?? Infinity };
      }),
    );
    const paths = sizes.flatMap(({ path, bytes }) => (bytes < largePack ? [path] : []));
    if (paths.length <= mostPacks) return;
    const all = new Map<string, Float32Array>();
    let size: number | undefined;
    for (const path of paths) {
      for (const [hash, vector] of (await this.#readPack(path, id)) ?? []) {
        size ??= vector.length;
        if (vector.length === size) all.set(hash, vector);
      }
    }
    if (all.size > 0) await writePack(this.#newPath(id), id, all);
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  }

  async #evict(): Promise<void> {
    const names = await readdir(this.#folder);
    const files: { path: string; bytes: number; usedAt: number }[] = [];
    for (const name of names) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile()) continue;
      if (name.endsWith(ending) && !name.startsWith('.')) {
        files.push({ path, bytes: found.size, usedAt: found.mtimeMs });
      } else if (Date.now() - found.mtimeMs > staleMs) await rm(path, { force: true });
    }
    files.sort((a, b) => a.usedAt - b.usedAt);
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of files) {
      if (total <= this.#limit) return;
      await rm(path, { force: true });
      total -= bytes;
    }
  }

  async #readPack(path: string, id: string): Promise<ImageVectors | undefined> {
    const pack = await readPack(path, id);
    if (pack !== 'damaged') return pack;
    this.#onFault(
      `The feature cache ${path} is damaged. It is removed, and its features are computed again.`,
    );
    await rm(path, { force: true });
    return undefined;
  }

  /** Of a key. */
  async #packs(id: string): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: unknown): string[] => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    return names
      .filter((name) => name.startsWith(`${id}-`) && name.endsWith(ending))
      .map((name) => join(this.#folder, name));
  }

  #newPath(id: string): string {
    return join(this.#folder, `${id}-${randomBytes(8).toString('hex')}${ending}`);
  }

  /** A failing cache costs only time. */
  async #guarded(what: 'read' | 'write', work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#onFault(
        `The feature cache in ${this.#folder} could not be ${what === 'read' ? 'read' : 'written'}: ${why}`,
      );
    }
  }
}

function idOf({ network, preprocessing }: FeatureKey): string {
  const text = JSON.stringify([network, preprocessing]);
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}

/** Writes one pack, or several when one would be too large. */
function* parts(vectors: ImageVectors): Generator<ImageVectors> {
  const rows = Math.max(1, Math.floor((largestPack * vectors.size) / packBytes(vectors)));
  if (rows >= vectors.size) {
    yield vectors;
    return;
  }
  const all = [...vectors];
  for (let row = 0; row < all.length; row += rows) yield new Map(all.slice(row, row + rows));
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  // It may have been merged or evicted since it was read.
  await utimes(path, now, now).catch(() => undefined);
}
