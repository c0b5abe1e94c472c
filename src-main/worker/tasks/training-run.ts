// Runs the steps of a training in the worker: reports progress, writes checkpoints, checks for a stop.

import type { EpochReport } from '#domain/progress.ts';
import { throwIfStopped } from '#domain/stop.ts';
import type { Engine, Tensors } from '#engine/engine.ts';
import type { StepDone, Training } from '#ml/train.ts';
import type { Checkpoint, Checkpoints } from '../files/checkpoints.ts';
import type { TrainTask } from '../contract.ts';
import { EpochMeans } from '../epoch-means.ts';
import { CheckpointClock, standardRule } from './checkpoint-clock.ts';
import { peakMemory } from './memory.ts';
import { StepRate } from './step-rate.ts';
import type { TaskContext } from './task.ts';
import { Turns } from './task.ts';
import type { ViewPool } from '../views/view-pool.ts';

/** Between two `step` events. */
const stepEventMs = 100;
export interface RunOutcome {
  /** Weights, slots and statistics after the last step. */
  readonly state: Tensors;
  readonly lastEpoch: EpochReport | null;
  /**
   * Writes a checkpoint of the last step if there is none yet, for when the work after the steps is
   * interrupted. Throws as `Checkpoints.write`.
   */
  readonly keep: () => Promise<void>;
}

export class TrainingRun {
  readonly #task: TrainTask;
  readonly #context: TaskContext;
  readonly #training: Training;
  readonly #checkpoints: Checkpoints;
  readonly #engine: Engine;
  readonly #pool: ViewPool;
  readonly #microBatches: number;
  readonly #means: EpochMeans;
  readonly #turns = new Turns();
  #lastEpoch: EpochReport | null;
  #toldAt = -Infinity;
  #savedStep: number;
  #begunAt = performance.now();

  /** `from`: the checkpoint that `training` was started from. */
  constructor(
    task: TrainTask,
    context: TaskContext,
    training: Training,
    checkpoints: Checkpoints,
    engine: Engine,
    { pool, microBatches }: { readonly pool: ViewPool; readonly microBatches: number },
    from: Checkpoint | undefined,
  ) {
    this.#task = task;
    this.#context = context;
    this.#training = training;
    this.#checkpoints = checkpoints;
    this.#engine = engine;
    this.#pool = pool;
    this.#microBatches = microBatches;
    this.#means = new EpochMeans(from?.sums);
    this.#lastEpoch = from?.lastEpoch ?? null;
    this.#savedStep = from?.step ?? 0;
  }

  /**
   * Runs the remaining steps. On a stop it writes a checkpoint and throws `stopped`.
   * Throws `not-finite` and what writing a checkpoint throws.
   */
  async finish(): Promise<RunOutcome> {
    const { stop, emit } = this.#context;
    // The caller may have missed this report when the run was interrupted.
    if (this.#lastEpoch) emit('epoch', { runId: this.#task.runId, report: this.#lastEpoch });
    const { batch, outlierBatch } = this.#task.settings;
    let before = performance.now();
    this.#begunAt = before;
    const clock = new CheckpointClock(this.#task.checkpoints ?? standardRule, before);
    let last: StepDone | undefined;
    const rate = new StepRate(batch + outlierBatch, before);
    for await (const step of this.#training.steps) {
      const now = performance.now();
      this.#means.add(step, (now - before) / 1000);
      before = now;
      this.#tellStep(step, rate.add(now), now);
      if (step.endsEpoch) this.#endEpoch(step);
      last = step;
      await this.#turns.give();
      if (stop.aborted || clock.isDue(performance.now())) await this.#save(step, clock);
      throwIfStopped(stop);
    }
    const state = await this.#training.state();
    const keep = async () => {
      if (last) await this.#save(last, clock, state);
    };
    return { state, lastEpoch: this.#lastEpoch, keep };
  }

  #tellStep(step: StepDone, imagesPerSecond: number, now: number): void {
    if (now - this.#toldAt < stepEventMs && step.step < step.steps) return;
    this.#toldAt = now;
    this.#context.emit('step', {
      runId: this.#task.runId,
      step: step.step,
      steps: step.steps,
      epoch: step.epoch,
      loss: step.loss,
      terms: { ...step.terms, ...step.scheduled },
      distributions: step.distributions,
      imagesPerSecond,
      peakMemory: peakMemory(),
      seconds: (now - this.#begunAt) / 1000,
      waitSeconds: this.#pool.waitedMs / 1000,
    });
  }

  #endEpoch(step: StepDone): void {
    this.#lastEpoch = this.#means.finish(step);
    this.#context.emit('epoch', { runId: this.#task.runId, report: this.#lastEpoch });
  }

  /** Steps pause meanwhile: concurrent writing would need the memory of a second state. */
  async #save({ step, epoch }: StepDone, clock: CheckpointClock, known?: Tensors): Promise<void> {
    if (this.#savedStep === step) return;
    const start = performance.now();
    const path = await this.#checkpoints.write({
      step,
      sums: this.#means.sums,
      lastEpoch: this.#lastEpoch,
      engine: this.#engine.name,
      device: this.#engine.device,
      codeVersion: this.#task.codeVersion,
      parts: this.#microBatches,
      state: known ?? (await this.#training.state()),
    });
    this.#savedStep = step;
    const end = performance.now();
    clock.written(start, end);
    const seconds = (end - start) / 1000;
    this.#context.emit('checkpoint', { runId: this.#task.runId, path, step, epoch, seconds });
  }
}
