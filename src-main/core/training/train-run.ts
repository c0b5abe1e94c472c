// The job "train": from a stored run to a model with thresholds. Progress is kept at every checkpoint, so
// that a resumed run continues from there and ends with the same model.

import { readdir, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { CoreEvents, RunResources, TrainOutcome } from '#contract/core.ts';
import type { RunConfig } from '#contract/run-config.ts';
import { Failure } from '#domain/failure.ts';
import type { TrainResult, TrainTask, WorkerEvents } from '#worker/contract.ts';
import { Backbones } from '../backbones/backbones.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { FeatureCache } from '../features/feature-cache.ts';
import type { JobContext } from '../jobs/queue.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { findModel, putModel, type StoredModel } from '../store/runs/models.ts';
import {
  addRunResources,
  addRunWarning,
  dropEpochsAfter,
  findRun,
  putEpoch,
  setRunEngine,
  setStepsDone,
  setStepsTotal,
  type StoredRun,
} from '../store/runs/runs.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';
import { readRunConfig } from '../runs/run-config.ts';
import { runFolder } from '../store/runs/run-folder.ts';
import { sha256OfFile } from '../scores/scoring-model.ts';
import { calibrateRun, rankRun, type FinishJob } from './finish-run.ts';
import { prepareShards } from './train-shards.ts';
import { withLease, type Compute, type WorkerListeners } from '../workers/compute.ts';
import { graphicsCardFailed, ranOutOfMemory } from '../workers/worker-call.ts';

export interface RunPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly now: () => Date;
  readonly codeVersion: string;
  readonly compute: Compute;
  /** Of features. */
  readonly cache: FeatureCache;
  readonly emit: <K extends keyof CoreEvents>(name: K, event: CoreEvents[K]) => void;
}

/** Between two `run.step` events, milliseconds. */
const stepEventMs = 100;

/**
 * Throws `not-found`, `bad-input`, `too-few-images`, `engine-unavailable`, `not-finite`,
 * `disk-full`, `out-of-memory`, `stopped` after a checkpoint, and `link-closed` when the worker died.
 */
export async function trainRun(
  runId: number,
  job: JobContext,
  ports: RunPorts,
): Promise<TrainOutcome> {
  const run = ports.database.read((reader) => findRun(reader, runId));
  if (!run) throw new Failure('not-found', `There is no run ${runId}.`);
  return await new TrainJob(run, job, ports).run();
}

/** A finished run is never resumed, and its checkpoints are three times as large as the model. */
async function removeCheckpoints(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^checkpoint-\d{8}\.safetensors$/.test(name)) await rm(join(folder, name), { force: true });
  }
}

class TrainJob {
  readonly #run: StoredRun;
  readonly #config: RunConfig;
  readonly #job: JobContext;
  readonly #ports: RunPorts;
  readonly #items: readonly DatasetItem[];
  #lastStepEvent = 0;
  /** Micro-batches per step in the running worker; 0 before it has started. */
  #microBatches = 0;
  /** Steps saved in a checkpoint. */
  #safeSteps = 0;
  /** Of the last worker that has started. */
  #engine: TrainResult['engine'] | undefined;
  /** Why the CPU continues a run of another engine; undefined when no engine failed. */
  #instead: string | undefined;
  #took: RunResources | undefined;

  constructor(run: StoredRun, job: JobContext, ports: RunPorts) {
    this.#run = run;
    this.#config = readRunConfig(run);
    this.#job = job;
    this.#ports = ports;
    this.#items = ports.database.read((reader) => snapshotItems(reader, run.snapshotId));
  }

  async run(): Promise<TrainOutcome> {
    const model = (await this.#finishedModel()) ?? (await this.#train());
    await this.#finish(model.id);
    await removeCheckpoints(runFolder(this.#ports.folder, this.#run));
    return { runId: this.#run.id, modelId: model.id, steps: model.step };
  }

  async #finish(modelId: number): Promise<void> {
    const finished = {
      ...{ run: { ...this.#run, modelId }, config: this.#config, items: this.#items },
      engine: this.#instead === undefined ? this.#config.engine : 'cpu',
    };
    const job = {
      ...this.#job,
      warn: (text: string) => this.#keepWarning(text),
      warnUnreadable: (...about: Parameters<FinishJob['warnUnreadable']>) =>
        this.#warnUnreadable(...about),
    };
    await calibrateRun(finished, job, this.#ports);
    if (this.#config.rank === true) await rankRun(finished, job, this.#ports);
  }

  /** The intact model of an earlier attempt that ended before its calibration. */
  async #finishedModel(): Promise<StoredModel | undefined> {
    const { modelId } = this.#run;
    if (modelId === null) return undefined;
    const model = this.#ports.database.read((reader) => findModel(reader, modelId))!;
    const hash = await sha256OfFile(join(this.#ports.folder, model.path)).catch(() => undefined);
    return hash === model.hash ? model : undefined;
  }

  async #train(): Promise<StoredModel> {
    const { database, folder, now } = this.#ports;
    const task = await this.#task();
    const result = await this.#ask(task);
    for (const text of result.warnings) this.#keepWarning(text);
    return database.transact((writer) => {
      setStepsDone(writer, this.#run.id, result.steps);
      return putModel(
        writer,
        {
          runId: this.#run.id,
          // Readable on every system after the project is moved.
          path: relative(folder, result.modelPath).split(sep).join('/'),
          hash: result.modelHash,
          step: result.steps,
        },
        now().toISOString(),
      );
    });
  }

  /**
   * Trains in a worker. If it runs out of memory, a new worker takes smaller micro-batches; if the
   * graphics card is lost, or the worker dies while using one, a new worker computes on the CPU.
   */
  async #ask(task: TrainTask): Promise<TrainResult> {
    let { engine } = task;
    for (let leastMicroBatches = 1; ; leastMicroBatches = Math.max(1, 2 * this.#microBatches)) {
      this.#microBatches = 0;
      try {
        return await withLease(this.#ports.compute, (lease) =>
          lease.call(
            ...(['train', { ...task, engine, leastMicroBatches }, this.#job.stop] as const),
            this.#listeners(),
          ),
        );
      } catch (error) {
        // A worker that has not started has not found how to split the step.
        if (!ranOutOfMemory(error) || this.#microBatches === 0) {
          if (!graphicsCardFailed(error, this.#engine)) throw error;
          this.#keepWarning(
            `The ${this.#engine} engine failed. Training continued ${this.#fromWhere()} on the processor. ` +
              error.message,
          );
          this.#instead = `the ${this.#engine} engine failed`;
          engine = 'cpu';
          this.#engine = 'cpu';
          this.#microBatches = 0;
          continue;
        }
        this.#keepWarning(
          `Memory ran out. Training continued ${this.#fromWhere()} with gradient accumulation over ` +
            `at least ${2 * this.#microBatches} micro-batches, which needs less.`,
        );
      } finally {
        this.#keepResources();
      }
    }
  }

  #fromWhere(): string {
    return this.#safeSteps > 0
      ? `from the last checkpoint (step ${this.#safeSteps})`
      : 'from the beginning';
  }

  #keepResources(): void {
    const took = this.#took;
    if (took === undefined) return;
    this.#took = undefined;
    this.#ports.database.transact((writer) => {
      addRunResources(writer, this.#run.id, took);
    });
  }

  async #task(): Promise<TrainTask> {
    const { method, settings, seed, engine, shifts } = this.#config;
    const { id, snapshotHash } = this.#run;
    const { normals, outliers } = await prepareShards(this.#run, this.#config, this.#items, {
      ...this.#ports,
      job: this.#job,
      warn: (...about) => this.#warnUnreadable(...about),
    });
    return {
      runId: id,
      folder: runFolder(this.#ports.folder, this.#run),
      ...{ method, settings, seed, engine, shifts, normals, outliers, snapshotHash },
      codeVersion: this.#ports.codeVersion,
      leastMicroBatches: 1,
      backbone: await this.#backbone(),
    };
  }

  async #backbone(): Promise<TrainTask['backbone']> {
    const { backbone } = this.#config;
    if (backbone === undefined) return undefined;
    const { card, path } = await new Backbones().withHash(backbone.name, backbone.sha256);
    const model = await this.#ports.compute.put({ hash: card.sha256, path });
    return { model, card };
  }

  #warnUnreadable(count: number, of: number, what: string, reason: string | undefined): void {
    if (count === 0) return;
    this.#keepWarning(
      `${count} of ${of} ${what} can no longer be read and ${count === 1 ? 'was' : 'were'} left ` +
        `out. The first: ${reason}`,
    );
  }

  #listeners(): WorkerListeners {
    const { database, emit } = this.#ports;
    const { id } = this.#run;
    return {
      started: ({ engine, device, why, step, steps, microBatches }) => {
        this.#microBatches = microBatches;
        this.#engine = engine;
        database.transact((writer) => {
          setRunEngine(writer, id, { engine, device, why: this.#instead ?? why });
          setStepsTotal(writer, id, steps);
          dropEpochsAfter(writer, id, step);
        });
        this.#saveSteps(step);
        // A method that trains no network takes none.
        if (steps > 0) this.#job.report({ done: step, total: steps, note: 'Training' });
      },
      features: ({ done, total }) =>
        this.#job.report({ done, total, note: 'Computing features of the normal images' }),
      step: (step) => this.#onStep(step),
      epoch: ({ report }) => {
        database.transact((writer) => {
          putEpoch(writer, id, report);
        });
        emit('run.epoch', { runId: id, report });
      },
      checkpoint: ({ step }) => this.#saveSteps(step),
      warning: ({ text }) => this.#keepWarning(text),
    };
  }

  #saveSteps(steps: number): void {
    this.#safeSteps = steps;
    this.#ports.database.transact((writer) => {
      setStepsDone(writer, this.#run.id, steps);
    });
  }

  #onStep(step: WorkerEvents['step']): void {
    const { seconds, waitSeconds, peakMemory } = step;
    this.#took = { seconds, waitSeconds, peakMemory, parts: this.#microBatches };
    this.#job.report({ done: step.step, total: step.steps, note: 'Training' });
    const time = performance.now();
    if (step.step < step.steps && time - this.#lastStepEvent < stepEventMs) return;
    this.#lastStepEvent = time;
    this.#ports.emit('run.step', step);
  }

  /** Each warning once. */
  #keepWarning(text: string): void {
    const { database, emit } = this.#ports;
    const isNew = database.transact((writer) => addRunWarning(writer, this.#run.id, text));
    if (isNew) emit('run.warning', { runId: this.#run.id, text });
  }
}
