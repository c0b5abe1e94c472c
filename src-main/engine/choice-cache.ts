// What `auto` found on this computer, kept so that it is not timed before every run.

import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { arch, cpus, platform, release } from 'node:os';
import { join } from 'node:path';
import { engineNames, type EngineName } from '#domain/engines/engine-report.ts';
import { writeWhole } from '#files/whole-file.ts';
import { onnxruntimeVersion } from './onnxruntime/version.ts';
import { tensorflowPackage } from './tensorflow/native.ts';

/** What `auto` chooses by. */
export interface Choice {
  /** Milliseconds of a small step on each engine that passed. */
  readonly times: Readonly<Partial<Record<EngineName, number>>>;
  /** Why each of the others cannot be taken: clauses. */
  readonly refused: Readonly<Partial<Record<EngineName, string>>>;
}

/** A program as it was timed on some engines. */
export interface ProgramTimes {
  /** Milliseconds of a step. */
  readonly times: Readonly<Partial<Record<EngineName, number>>>;
  /** What computed the steps. */
  readonly devices: Readonly<Partial<Record<EngineName, string>>>;
  /** Why there is no time of the others: clauses. */
  readonly failed: Readonly<Partial<Record<EngineName, string>>>;
}

interface Timed extends ProgramTimes {
  readonly at: number;
}

interface Stored extends Choice {
  readonly at: number;
  /** By the hash of program and engines. */
  readonly programs?: Readonly<Record<string, Timed>>;
}

/** Programs that are remembered: the latest ones. */
const mostPrograms = 64;

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
    const stored = await this.#stored(now);
    return stored && { times: stored.times, refused: stored.refused };
  }

  /** Forgets the programs too: they are timed again. */
  async write({ times, refused }: Choice, now = Date.now()): Promise<void> {
    await this.#store({ at: now, times, refused });
  }

  async readProgram(key: string, now = Date.now()): Promise<ProgramTimes | undefined> {
    const found = (await this.#stored(now))?.programs?.[key];
    return found && now - found.at < oldestMs ? found : undefined;
  }

  /** Remembered as long as the choice that was written before it. */
  async writeProgram(key: string, timed: ProgramTimes, now = Date.now()): Promise<void> {
    const stored = await this.#stored(now);
    if (!stored) return;
    const programs = { ...stored.programs, [key]: { at: now, ...timed } };
    const latest = Object.entries(programs)
      .sort(([, a], [, b]) => b.at - a.at)
      .slice(0, mostPrograms);
    await this.#store({ ...stored, programs: Object.fromEntries(latest) });
  }

  /** undefined where there is none, or it is old or unsound. */
  async #stored(now: number): Promise<Stored | undefined> {
    try {
      const stored = JSON.parse(await readFile(await this.#file(), 'utf8')) as Stored;
      const programs = Object.values(stored.programs ?? {});
      const isSound =
        areTimes(stored.times) &&
        areReasons(stored.refused) &&
        programs.every(
          ({ times, devices, failed }) =>
            areTimes(times) && areReasons(devices) && areReasons(failed),
        );
      return isSound && now - stored.at < oldestMs ? stored : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all; a folder that cannot be written costs the timing once more. */
  async #store(stored: Stored): Promise<void> {
    try {
      const file = await this.#file();
      await mkdir(this.#folder, { recursive: true });
      await writeWhole(file, [JSON.stringify(stored)]);
    } catch {
      return;
    }
  }

  async #file(): Promise<string> {
    return join(this.#folder, `engines-${await thisComputer(this.#threads)}.json`);
  }
}

function isKnown(name: string): boolean {
  return engineNames.some((known) => known === name);
}

function areTimes(times: object): boolean {
  return Object.entries(times).every(
    ([name, time]) => isKnown(name) && typeof time === 'number' && time > 0,
  );
}

function areReasons(reasons: object): boolean {
  return Object.entries(reasons).every(([name, why]) => isKnown(name) && typeof why === 'string');
}
