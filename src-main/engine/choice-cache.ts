// What `auto` found on this computer, kept so that it is not timed before every run.

import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { arch, cpus, platform, release } from 'node:os';
import { join } from 'node:path';
import { engineNames, type EngineName } from '#domain/engine-report.ts';
import { writeWhole } from '#files/whole-file.ts';
import { onnxruntimeVersion } from './onnxruntime/version.ts';
import { tensorflowPackage } from './tensorflow/native.ts';

/** What `auto` chooses by. */
export interface Choice {
  /** Milliseconds of a small step on each engine that passed. */
  readonly times: Readonly<Partial<Record<EngineName, number>>>;
  /** Why each of the others cannot be taken, a sentence. */
  readonly refused: Readonly<Partial<Record<EngineName, string>>>;
}

/** Devices come and go without a trace on some systems. */
const oldestMs = 30 * 24 * 3600 * 1000;

/** Changes with processor, system, graphics cards, choice of driver, threads, onnxruntime and TensorFlow. */
async function thisComputer(threads: number): Promise<string> {
  const { VK_ICD_FILENAMES, VK_DRIVER_FILES, CUDA_VISIBLE_DEVICES } = process.env;
  const parts = [
    ...[platform(), arch(), release(), cpus()[0]?.model, cpus().length, threads],
    ...[VK_ICD_FILENAMES, VK_DRIVER_FILES, CUDA_VISIBLE_DEVICES, onnxruntimeVersion],
    ...[tensorflowPackage() ?? null],
    ...(await displayDevices()),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** Vendor and kind of the graphics cards, where the system lists them as files (Linux). */
async function displayDevices(folder = '/sys/bus/pci/devices'): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const read = (file: string) => readFile(join(folder, name, file), 'utf8').catch(() => '');
      const isDisplay = (await read('class')).startsWith('0x03');
      return isDisplay ? [`${await read('vendor')}${await read('device')}`] : [];
    }),
  );
  return found.flat();
}

export class ChoiceCache {
  readonly #folder: string;
  readonly #threads: number;

  constructor(folder: string, threads: number) {
    this.#folder = folder;
    this.#threads = threads;
  }

  async read(now = Date.now()): Promise<Choice | undefined> {
    try {
      const text = await readFile(await this.#file(), 'utf8');
      const { at, times, refused } = JSON.parse(text) as Choice & { at: number };
      const isKnown = (name: string) => engineNames.some((known) => known === name);
      const isSound =
        Object.entries(times).every(([name, time]) => isKnown(name) && time > 0) &&
        Object.entries(refused).every(([name, why]) => isKnown(name) && typeof why === 'string');
      return isSound && now - at < oldestMs ? { times, refused } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all; a folder that cannot be written costs the timing once more. */
  async write(choice: Choice, now = Date.now()): Promise<void> {
    try {
      const file = await this.#file();
      await mkdir(this.#folder, { recursive: true });
      await writeWhole(file, [JSON.stringify({ at: now, ...choice })]);
    } catch {
      return;
    }
  }

  async #file(): Promise<string> {
    return join(this.#folder, `engines-${await thisComputer(this.#threads)}.json`);
  }
}
