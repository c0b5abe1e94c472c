// The checkpoints of a training: whole files in its folder, of which the last two are kept. A resumed
// run ends with the same bits as one that never stopped.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import type { Tensors } from '#engine/engine.ts';
import type { Program } from '#engine/ir/program.ts';
import { epochReport, epochSums } from './progress-schema.ts';
import { damagedFile, encodeTensors, readTensors } from './safetensors.ts';
import { stateFrom, stateTensors } from './state-tensors.ts';
import type { TrainingIdentity } from './training-identity.ts';
import { identityDifferences, trainingIdentity } from './training-identity.ts';
import { makeFolder, sweepTemporary, writeWhole } from '#files/whole-file.ts';

const format = 'normscope-checkpoint';
const formatVersion = '1';
const kept = 2;

/** The progress of a run, beside its tensors. */
const progress = z.strictObject({
  /** Steps done. */
  step: z.int().min(0),
  /** Of the current epoch. */
  sums: epochSums,
  /** The last finished epoch. */
  lastEpoch: epochReport.nullable(),
  engine: z.string(),
  device: z.string(),
  codeVersion: z.string(),
  /** Micro-batches per step; the file keeps its former name. */
  parts: z.int().min(1).default(1),
});
type Progress = z.infer<typeof progress>;

export interface Checkpoint extends Progress {
  /** Weights, optimiser slots and running statistics. */
  readonly state: Tensors;
}

export class Checkpoints {
  readonly #folder: string;
  readonly #identity: TrainingIdentity;
  readonly #program: Program;

  private constructor(folder: string, identity: TrainingIdentity, program: Program) {
    this.#folder = folder;
    this.#identity = identity;
    this.#program = program;
  }

  /** Creates the folder if it is missing and removes unfinished files of a killed process. */
  static async open(
    folder: string,
    identity: TrainingIdentity,
    program: Program,
  ): Promise<Checkpoints> {
    await makeFolder(folder);
    await sweepTemporary(folder);
    return new Checkpoints(folder, identity, program);
  }

  /**
   * The newest intact checkpoint. Damaged ones are reported by `warn`, removed and skipped. Throws
   * `bad-input` when there is one of another training or another version of the format.
   */
  async newest(warn: (text: string) => void): Promise<Checkpoint | undefined> {
    for (const path of await this.#paths()) {
      try {
        return await this.#read(path);
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'checkpoint-damaged') throw error;
        warn(
          `${error.message} Training continues from the checkpoint before it, or from the start.`,
        );
        await rm(path, { force: true });
      }
    }
    return undefined;
  }

  /**
   * Writes a checkpoint, then removes all but the last two; returns its path. Throws as `writeWhole`. It is
   * hashed once, in its header: on a fast disk hashing takes longer than writing.
   */
  async write({ state, ...done }: Checkpoint): Promise<string> {
    const name = `checkpoint-${String(done.step).padStart(8, '0')}.safetensors`;
    const path = join(this.#folder, name);
    const metadata = {
      format,
      formatVersion,
      identity: JSON.stringify(this.#identity),
      progress: JSON.stringify(done),
    };
    const tensors = stateTensors(this.#program, state);
    await writeWhole(path, encodeTensors({ tensors, metadata }));
    const old = (await this.#paths()).slice(kept);
    await Promise.all(old.map((other) => rm(other, { force: true })));
    return path;
  }

  /** Newest first. */
  async #paths(): Promise<string[]> {
    const names = await readdir(this.#folder);
    return names
      .filter((name) => /^checkpoint-\d{8}\.safetensors$/.test(name))
      .sort()
      .reverse()
      .map((name) => join(this.#folder, name));
  }

  async #read(path: string): Promise<Checkpoint> {
    const { tensors, metadata } = await readTensors(path);
    if (metadata['format'] !== format) throw damagedFile(path, 'it is not a checkpoint');
    if (metadata['formatVersion'] !== formatVersion) {
      throw new Failure(
        'bad-input',
        `The checkpoint ${path} was written by another version of Normscope (format ` +
          `${metadata['formatVersion']}, this one reads ${formatVersion}). Continue with that version, ` +
          'or start a new run.',
        path,
      );
    }
    const identity = parsed(trainingIdentity, metadata['identity'], path);
    const differences = identityDifferences(this.#identity, identity);
    if (differences.length > 0) {
      throw new Failure(
        'bad-input',
        `The checkpoint ${path} belongs to another training: ${differences.join(', ')} ` +
          `${differences.length === 1 ? 'differs' : 'differ'}. Start a new run instead.`,
        path,
      );
    }
    const done = parsed(progress, metadata['progress'], path);
    return { ...done, state: stateFrom(this.#program, tensors, path) };
  }
}

function parsed<Schema extends z.ZodType>(
  schema: Schema,
  text: string | undefined,
  path: string,
): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text ?? ''));
  } catch {
    throw damagedFile(path, 'its description is malformed');
  }
}
