// The training loop: an async generator that yields progress. The caller stops it by leaving the loop;
// it knows no files, processes or user.

import { Failure } from '#domain/failure.ts';
import type { MethodName } from '#domain/methods/methods.ts';
import type { Terms } from '#domain/progress.ts';
import { fewestNormals, type RunSettings } from '#domain/run-settings.ts';
import type { Engine, Session, Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { OptimiserChoice, Program } from '#engine/ir/program.ts';
import type { BatchPlan } from './batches.ts';
import { Batches, rowsOf } from './batches.ts';
import { allFinite } from './finite.ts';
import { methodOf } from './methods/methods.ts';
import { initialState } from './networks/initial-weights.ts';
import { networks } from './networks/networks.ts';
import type { Schedule } from './schedule.ts';
import { scheduleOf } from './schedule.ts';
import { readPlainViews } from './score.ts';
import { meanOf, readMeans, type StepMeans } from './step-means.ts';
import type { BatchSource } from './views.ts';
import { drawnOnDemand } from './views.ts';

export interface TrainOptions extends BatchPlan {
  readonly engine: Engine;
  /** Where batches come from, laid out in as many micro-batches; drawn on demand when left out. */
  readonly source?: BatchSource;
  /**
   * Gradient accumulation: runs of the program per step, which need less memory. Divides both batch
   * sizes, and leaves each micro-batch at least two normal images. 1 when left out.
   */
  readonly microBatches?: number;
  /** Where to start: step 0 with initial weights when left out. */
  readonly from?: { readonly step: number; readonly state: Tensors };
}

export interface StepDone extends StepMeans {
  readonly kind: 'step';
  /** Steps done, from 1. */
  readonly step: number;
  readonly steps: number;
  /** From 0. */
  readonly epoch: number;
  /** The terms that follow from the step alone. */
  readonly scheduled: Terms;
  readonly learningRate: number;
  /** The last step of its epoch or of the run. */
  readonly endsEpoch: boolean;
}

/** A running training. */
export interface Training {
  readonly steps: AsyncGenerator<StepDone, void, undefined>;
  /**
   * Weights, slots and statistics after the last step yielded. Throws `not-finite`, so that no
   * checkpoint holds a tensor on which the next step would fail.
   */
  readonly state: () => Promise<Tensors>;
  readonly release: () => Promise<void>;
}

/** Settings with batches no larger than the images there are. Throws `too-few-images`. */
export function fitSettings(settings: RunSettings, normals: number): RunSettings {
  assertNormals(normals);
  return normals < settings.batch ? { ...settings, batch: normals } : settings;
}

/** Throws `too-few-images`. */
export function assertNormals(normals: number): void {
  if (normals >= fewestNormals) return;
  throw new Failure(
    'too-few-images',
    `Training needs at least ${fewestNormals} normal images; there are ${normals} in the ` +
      'training part. Add images, or give more of them to training.',
  );
}

/**
 * The numbers of micro-batches that a step can be split into, ascending, from 1. Each is contrasted
 * within itself: an exact NT-Xent over all of them would need two more programs and a second forward pass,
 * and batch normalisation would still see one micro-batch at a time.
 */
export function possibleMicroBatches({ batch, outlierBatch }: RunSettings): number[] {
  return Array.from({ length: Math.floor(batch / 2) }, (_, index) => index + 1).filter(
    (microBatches) => batch % microBatches === 0 && outlierBatch % microBatches === 0,
  );
}

/** The training program of a run: one batch, or one micro-batch, and one optimiser step. */
export function describeTraining(
  method: MethodName,
  settings: RunSettings,
  channels: number,
  microBatches = 1,
): Program {
  const b = new ProgramBuilder('train');
  const rows = rowsOf({ method, settings }, microBatches);
  const { network, inputSize, width } = settings;
  const total = rows.normals + rows.outliers;
  const images = b.input('images', [total, channels, inputSize, inputSize]);
  const { h, z } = networks[network].describe(b, images, { width, inputSize, channels });
  const outliers = rows.outliers > 0 ? b.rows(z, rows.normals, total) : null;
  const normals = outliers ? b.rows(z, 0, rows.normals) : z;
  const hidden = () => (outliers ? b.rows(h, 0, rows.normals) : h);
  const batch = { normals, outliers, hidden };
  const { loss, terms, distributions } = methodOf(method).build(b, batch, settings);
  return b.training(
    loss,
    { loss, ...terms, ...distributions },
    optimiserOf(settings),
    microBatches > 1,
  );
}

/** Adam's constants that are not settings are those of its paper. */
function optimiserOf(settings: RunSettings): OptimiserChoice {
  const { optimiser: name, momentum, weightDecay, trust } = settings;
  return name === 'adam' || name === 'adamw'
    ? { name, beta1: momentum, beta2: 0.999, epsilon: 1e-8, weightDecay }
    : { name, momentum, weightDecay, trust };
}

/** Starts a run. `options.settings` must fit the normals (see `fitSettings`). */
export async function startTraining(options: TrainOptions): Promise<Training> {
  const { normals, settings, method, microBatches = 1 } = options;
  const program = describeTraining(method, settings, normals.channels, microBatches);
  // Gradient sums start at 0 in each step, so their values are not kept after it.
  const kept = microBatches > 1 ? describeTraining(method, settings, normals.channels) : program;
  const session = await options.engine.compile(program);
  try {
    const state = options.from?.state ?? (await firstState(kept, options));
    await session.writeState({
      ...(microBatches > 1 ? initialState(program, options.seed) : {}),
      ...state,
    });
  } catch (error) {
    await session.release();
    throw error;
  }
  const done = { step: options.from?.step ?? 0 };
  return {
    steps: trainSteps(options, program, session, done),
    state: async () => {
      const all = await session.readState();
      const state = Object.fromEntries(kept.state.map(({ name }) => [name, all[name]!]));
      assertFiniteState(state, done.step);
      return state;
    },
    release: () => session.release(),
  };
}

/** Initial weights, and what the method fits before the first step. */
async function firstState(program: Program, options: TrainOptions): Promise<Tensors> {
  const { engine, normals, settings, method, seed } = options;
  const state = initialState(program, seed);
  const { prepare } = methodOf(method);
  if (prepare === undefined) return state;
  const { z } = await readPlainViews(engine, state, normals, settings);
  return { ...state, ...prepare(z, normals.count) };
}

async function* trainSteps(
  options: TrainOptions,
  program: Program,
  session: Session,
  done: { step: number },
): AsyncGenerator<StepDone, void, undefined> {
  const { settings, microBatches = 1 } = options;
  const method = methodOf(options.method);
  const schedule = scheduleOf(settings, options.normals.count);
  const source = options.source ?? drawnOnDemand(new Batches(options, microBatches));
  const weights = evenWeights(program);
  for (let step = done.step; step < schedule.steps; step++) {
    const images = await source.take(step, schedule.steps);
    const learningRate = schedule.learningRate(step);
    const own = method.inputs?.(settings, step, schedule.steps) ?? {};
    const inputs = { ...weights, ...scalars({ ...own, learningRate }) };
    const means: StepMeans[] = [];
    for (let index = 0; index < microBatches; index++) {
      const outputs = await session.run({
        ...inputs,
        ...microBatchInputs(images, index, microBatches),
      });
      assertFinite(program, outputs, step + 1);
      means.push(readMeans(method.card, outputs));
    }
    done.step = step + 1;
    yield {
      kind: 'step',
      step: step + 1,
      steps: schedule.steps,
      epoch: schedule.epochOf(step),
      ...meanOf(means),
      scheduled: namedBy(method.card.terms, own),
      learningRate,
      endsEpoch: endsEpoch(schedule, step),
    };
  }
}

function namedBy(terms: readonly { readonly name: string }[], values: Terms): Terms {
  const names = new Set(terms.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

function scalars(values: Readonly<Record<string, number>>): Tensors {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Float32Array.of(value)]),
  );
}

/** The images of a micro-batch, and its place in the step for the program. */
function microBatchInputs(images: Float32Array, index: number, microBatches: number): Tensors {
  const length = images.length / microBatches;
  return {
    images: images.subarray(index * length, (index + 1) * length),
    keep: Float32Array.of(index === 0 ? 0 : 1),
    share: Float32Array.of(1 / microBatches),
    isLast: Float32Array.of(index === microBatches - 1 ? 1 : 0),
  };
}

function endsEpoch(schedule: Schedule, step: number): boolean {
  return step + 1 === schedule.steps || schedule.epochOf(step + 1) > schedule.epochOf(step);
}

/** Inputs [rows] are weights of rows: 1, because every image counts alike. */
function evenWeights(program: Program): Tensors {
  return Object.fromEntries(
    program.inputs
      .filter(({ value }) => value.shape.length === 1)
      .map(({ name, value }) => [name, new Float32Array(value.shape[0]!).fill(1)]),
  );
}

/** Throws `not-finite` with the step, counted from 1, and the first tensor that is not finite. */
function assertFinite(program: Program, outputs: Tensors, step: number): void {
  const squares = outputs['gradientSquares']!;
  const culprit = program.training!.parameters.find((_, index) => !Number.isFinite(squares[index]));
  const where = Number.isFinite(outputs['loss']![0]) ? null : 'the loss';
  if (!culprit && !where) return;
  throw notFinite(
    step,
    [where, culprit && `the gradient of ${culprit.name}`].filter(Boolean).join(' and '),
  );
}

/** An update can overflow although its gradient was finite: the next step would show it. */
function assertFiniteState(state: Tensors, step: number): void {
  for (const [name, values] of Object.entries(state)) {
    if (!allFinite(values)) throw notFinite(step, name);
  }
}

function notFinite(step: number, what: string): Failure {
  return new Failure(
    'not-finite',
    `At step ${step} ${what} became NaN or infinite. Start a new run with a smaller learningRate (for ` +
      'instance a tenth), and check that the images are not all alike.',
  );
}
