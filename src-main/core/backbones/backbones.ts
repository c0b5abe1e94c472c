// Backbones: networks trained elsewhere, each an ONNX file and a card. Some come with Normscope (bundled.ts).
// Those that a user has added are in the user's data folder, for all projects: HASH.onnx (the file's SHA-256)
// and NAME.json (the card).

import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import type { Stop } from '#domain/stop.ts';
import { userDataFolder } from '#engine/user-data.ts';
import type { BackboneTrial } from '#worker/contract.ts';
import type { BackboneCard } from '#worker/files/backbone-card.ts';
import { makeFolder, writeWhole } from '#files/whole-file.ts';
import { withLease } from '../workers/compute.ts';
import { localCompute } from '../workers/local-compute.ts';
import { bundledNames, readBundled } from './bundled.ts';
import { readKept, type Backbone, type BrokenBackbone } from './kept-backbone.ts';
import { readCard } from './read-card.ts';

/** onnxruntime loads no file of 2 GiB or more. */
const largestFile = 2 ** 31 - 1;

/** NORMSCOPE_BACKBONES names another folder. */
function backboneFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['NORMSCOPE_BACKBONES'] || join(userDataFolder(env), 'backbones');
}

export class Backbones {
  readonly #folder: string;

  constructor(folder = backboneFolder()) {
    this.#folder = folder;
  }

  /** The bundled ones, then the user's by name. */
  async list(): Promise<{ backbones: readonly Backbone[]; broken: readonly BrokenBackbone[] }> {
    const backbones: Backbone[] = [];
    const broken: BrokenBackbone[] = [];
    const bundled = bundledNames.map(readBundled);
    const added = (await this.#names()).map(async (name) =>
      bundledNames.includes(name) ? hidden(name) : await this.#readAdded(name),
    );
    for (const found of await Promise.all([...bundled, ...added])) {
      if ('fault' in found) broken.push(found);
      else backbones.push(found);
    }
    return { backbones, broken };
  }

  /** Throws `not-found`, and `checkpoint-damaged` where card or file cannot be used. */
  async find(name: string): Promise<Backbone> {
    if (bundledNames.includes(name)) {
      const found = await readBundled(name);
      if (!('fault' in found)) return found;
      throw new Failure(
        'checkpoint-damaged',
        `The backbone "${name}" of Normscope cannot be used: ${found.fault} Install Normscope again.`,
      );
    }
    const added = await this.#names();
    if (!added.includes(name)) {
      const names = [...bundledNames, ...added];
      throw new Failure(
        'not-found',
        `There is no backbone "${name}"${nearestName(name, names)}. There are: ${names.join(', ')}. ` +
          'Add one with "normscope backbone add".',
      );
    }
    const found = await this.#readAdded(name);
    if (!('fault' in found)) return found;
    throw new Failure(
      'checkpoint-damaged',
      `The backbone "${name}" cannot be used: ${found.fault} Remove it and add it again.`,
      this.#cardPath(name),
    );
  }

  /** As `find`, and throws `bad-input` when the name now belongs to another file. */
  async withHash(name: string, sha256: string): Promise<Backbone> {
    const found = await this.find(name);
    if (found.card.sha256 === sha256) return found;
    throw new Failure(
      'bad-input',
      `The backbone "${name}" is another file than when the run was started (SHA-256 ${sha256}). ` +
        'Add that file under this name, or start a new run.',
      found.path,
    );
  }

  /**
   * Copies the file, runs it on one image, and keeps it with its card. The same file may be added under
   * several names. Throws `not-found`, `bad-input` when card or file are wrong or the name is taken,
   * `disk-full`, `stopped`, and what running it throws; then nothing is kept.
   */
  async add(
    file: string,
    cardFile: string,
    stop: Stop,
  ): Promise<{ backbone: Backbone; trial: BackboneTrial }> {
    const written = await readCard(cardFile);
    await assertFile(file);
    if (bundledNames.includes(written.name)) {
      throw new Failure(
        'bad-input',
        `The name "${written.name}" is that of a backbone that comes with Normscope. Give this one another ` +
          'name in its card.',
        cardFile,
      );
    }
    if ((await this.#names()).includes(written.name)) {
      throw new Failure(
        'bad-input',
        `There is a backbone "${written.name}" already. Give this one another name in its card, or remove ` +
          `that one first (normscope backbone remove ${written.name}).`,
        cardFile,
      );
    }
    await makeFolder(this.#folder);
    const copy = join(this.#folder, `.${randomBytes(8).toString('hex')}.tmp`);
    try {
      await copyFile(file, copy).catch((error: unknown) => {
        throw notCopied(file, this.#folder, error);
      });
      // A copy of a read-only file is one, and Windows would not remove it.
      await chmod(copy, 0o644);
      // The hash is that of the copy: the file may change while it is read.
      const sha256 = await sha256Of(copy);
      if (written.sha256 !== undefined && written.sha256 !== sha256) {
        throw new Failure(
          'bad-input',
          `The file ${file} does not match the card ${cardFile}: its SHA-256 is ${sha256}, and the card ` +
            `says ${written.sha256}. Get the right file, or leave sha256 out of the card.`,
          file,
        );
      }
      const card = { ...written, sha256 };
      const trial = await tried(copy, card, file, stop);
      const path = this.#modelPath(sha256);
      await rename(copy, path);
      await writeWhole(this.#cardPath(card.name), [Buffer.from(JSON.stringify(card, null, 2))]);
      const { size: bytes } = await stat(path);
      return { backbone: { card, path, bytes, bundled: false }, trial };
    } finally {
      await rm(copy, { force: true });
    }
  }

  /**
   * The file is removed with the last card that names it. Throws `not-found`, and `bad-input` where it
   * comes with Normscope.
   */
  async remove(name: string): Promise<void> {
    if (!(await this.#names()).includes(name)) {
      if (bundledNames.includes(name)) {
        throw new Failure(
          'bad-input',
          `The backbone "${name}" comes with Normscope and cannot be removed.`,
        );
      }
      await this.find(name);
    }
    const found = await this.#readAdded(name);
    await rm(this.#cardPath(name), { force: true });
    if ('fault' in found) return;
    const others = await Promise.all((await this.#names()).map((other) => this.#readAdded(other)));
    if (others.some((other) => 'card' in other && other.card.sha256 === found.card.sha256)) return;
    await rm(found.path, { force: true });
  }

  async #names(): Promise<string[]> {
    const files = await readdir(this.#folder).catch((error: unknown): string[] => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    return files
      .filter((file) => file.endsWith('.json') && !file.startsWith('.'))
      .map((file) => file.slice(0, -'.json'.length))
      .sort();
  }

  async #readAdded(name: string): Promise<Backbone | BrokenBackbone> {
    const isBundled = false;
    return await readKept(name, isBundled, this.#cardPath(name), ({ sha256 }) =>
      this.#modelPath(sha256),
    );
  }

  #cardPath(name: string): string {
    return join(this.#folder, `${name}.json`);
  }

  #modelPath(sha256: string): string {
    return join(this.#folder, `${sha256}.onnx`);
  }
}

/** Added before Normscope had one of that name. */
function hidden(name: string): BrokenBackbone {
  return {
    name,
    fault:
      'the one that comes with Normscope is used in its place. Remove yours (normscope backbone remove ' +
      `${name}) and add it under another name.`,
  };
}

/** The failure names the user's own file, not the copy. */
async function tried(
  copy: string,
  card: BackboneCard,
  file: string,
  stop: Stop,
): Promise<BackboneTrial> {
  try {
    const model = { hash: card.sha256, path: copy };
    return await withLease(localCompute, (lease) =>
      lease.call('tryBackbone', { model, card }, stop),
    );
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'stopped') throw error;
    throw new Failure(error.code, error.message.replaceAll(copy, file), file, { cause: error });
  }
}

async function assertFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    throw new Failure('not-found', `There is no file ${file}. Check the path.`, file);
  }
  if (found.size <= largestFile) return;
  throw new Failure(
    'bad-input',
    `The file ${file} is larger than 2 GiB, which onnxruntime cannot load.`,
    file,
  );
}

function notCopied(file: string, folder: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure(
      'disk-full',
      `The disk is full: ${file} cannot be copied to ${folder}. Free some space and try again.`,
      folder,
      { cause: error },
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new Failure(
      'bad-input',
      `${file} cannot be copied to ${folder}: this account may not read the file or write in the folder.`,
      file,
      { cause: error },
    );
  }
  return error;
}

async function sha256Of(path: string): Promise<string> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(path), sum);
  return sum.digest('hex');
}
