// The task `train`: trains a model from shards, writing checkpoints, and writes the model file.

import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { isTrained } from '#domain/methods/methods.ts';
import { checkOutliers } from '#domain/run-outliers.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { chooseEngine, type ChosenEngine } from '#engine/doctor.ts';
import { coreCount } from '#engine/cores.ts';
import type { Engine } from '#engine/engine.ts';
import { isOutOfMemory } from '#domain/out-of-memory.ts';
import { fitMethod } from '#ml/fit-method.ts';
import { methodOf } from '#ml/methods/methods.ts';
import { scheduleOf } from '#ml/schedule.ts';
import { readReference } from '#ml/score.ts';
import { describeTraining, fitSettings, startTraining } from '#ml/train.ts';
import type { Checkpoint } from '../files/checkpoints.ts';
import { Checkpoints } from '../files/checkpoints.ts';
import type { TrainResult, TrainTask } from '../contract.ts';
import { describeModel, writeModel } from '../files/model-file.ts';
import { freeMemory } from './memory.ts';
import { fitFrozen } from './frozen/fit-frozen.ts';
import { fitPatches } from './frozen/fit-patches.ts';
import {
  fittingMicroBatches,
  outOfMemory,
  microBatchesFrom,
  gradientAccumulation,
} from './gradient-accumulation.ts';
import { ScorePools } from '../views/score-pools.ts';
import type { Shard } from '../files/shard.ts';
import { readShard } from '../files/shard.ts';
import type { TaskContext } from './task.ts';
import { TrainingRun, type RunOutcome } from './training-run.ts';
import { identityOf } from '../files/training-identity.ts';
import { helperCount, ViewPool } from '../views/view-pool.ts';
import { planOf, type TrainRecipe } from '../views/view-recipe.ts';

interface Ingredients {
  /** With batches that the images can fill. */
  readonly task: TrainTask;
  readonly normals: Shard;
  readonly outliers: readonly Shard[];
}

/**
 * Resumes from the newest checkpoint of the same training, if there is one. Throws `stopped` after a
 * checkpoint, and the failures of the run.
 */
export async function runTraining(asked: TrainTask, context: TaskContext): Promise<TrainResult> {
  if (asked.method === 'patchcore') return await fitPatches(asked, context);
  if (!isTrained(asked.method)) return await fitFrozen(asked, context);
  const warnings: string[] = [];
  const warn = (text: string) => {
    warnings.push(text);
    context.emit('warning', { text });
  };
  const ingredients = await readIngredients(asked, warn);
  const { task, normals, outliers } = ingredients;
  const { engine, ...outcome } = await takeSteps(ingredients, context, warn);
  const { state, lastEpoch } = outcome;
  const { diagnose } = methodOf(task.method);
  const fault = lastEpoch && diagnose?.(lastEpoch);
  if (fault) warn(fault);

  const { settings, seed } = task;
  const pools = new ScorePools({ warn });
  const read = [state, normals, settings, seed, context.stop, pools] as const;
  const { reference, fitted } = await readReference(engine, ...read)
    .then(async (own) => {
      return { reference: own, fitted: await fitMethod(engine, task.method, ...read) };
    })
    .catch(async (error: unknown) => {
      await outcome.keep();
      throw error;
    })
    .finally(() => pools.close());
  const modelPath = join(task.folder, 'model.safetensors');
  const { steps } = scheduleOf(settings, normals.count);
  const description = describeModel(task, normals, outliers, steps, engine.name);
  const modelHash = await writeModel(modelPath, { description, state, reference, fitted });
  return { modelPath, modelHash, steps, engine: engine.name, device: engine.device, warnings };
}

async function readIngredients(
  task: TrainTask,
  warn: (text: string) => void,
): Promise<Ingredients> {
  checkOutliers(task.method, task.outliers.length, task.shifts.length, task.settings);
  const normals = await readShard(task.normals.path, task.normals.hash);
  const outliers: Shard[] = [];
  for (const { name, path, hash } of task.outliers) {
    const shard = await readShard(path, hash);
    if (shard.count === 0) {
      throw new Failure('too-few-images', `The outlier source "${name}" has no images.`, path);
    }
    if (shard.channels !== normals.channels) {
      throw new Failure(
        'bad-input',
        `The outlier source "${name}" has ${colours(shard)} images, the normal ones are ` +
          `${colours(normals)}. Prepare both the same way.`,
        path,
      );
    }
    outliers.push(shard);
  }
  const fitting = fitSettings(task.settings, normals.count);
  const hasOutliers = task.outliers.length + task.shifts.length > 0;
  const settings = hasOutliers ? fitting : { ...fitting, outlierBatch: 0 };
  if (settings.batch < task.settings.batch) {
    warn(
      `There are ${normals.count} normal images for training, fewer than a batch of ` +
        `${task.settings.batch}: each step takes all ${settings.batch} of them.`,
    );
  }
  return { task: { ...task, settings }, normals, outliers };
}

function colours({ channels }: Shard): string {
  if (channels === 1) return 'grey';
  return channels === 3 ? 'colour' : `${channels}-channel`;
}

/** Throws `out-of-memory` when a step does not fit: a new worker may use smaller micro-batches. */
async function takeSteps(
  ingredients: Ingredients,
  context: TaskContext,
  warn: (text: string) => void,
): Promise<RunOutcome & { readonly engine: Engine }> {
  const { task, normals } = ingredients;
  const { method, settings } = task;
  const identity = identityOf(task, normals, ingredients.outliers);
  const program = describeTraining(method, settings, normals.channels);
  const checkpoints = await Checkpoints.open(task.folder, identity, program);
  const from = await checkpoints.newest(warn);
  // A resumed run keeps its micro-batches, so that it ends with the same bits.
  const least = microBatchesFrom(settings, Math.max(task.leastMicroBatches, from?.parts ?? 1));
  const microBatches = fittingMicroBatches(task, normals.channels, least, freeMemory(), warn);
  if (microBatches === least && task.leastMicroBatches > 1)
    warn(gradientAccumulation(settings, microBatches));
  const taken =
    microBatches === 1
      ? program
      : describeTraining(method, settings, normals.channels, microBatches);
  const engine = await chooseEngine(task.engine, settings.threads, taken);
  throwIfStopped(context.stop);
  if (from) compareOrigin(from, task, engine, warn);
  try {
    return {
      ...(await takeStepsIn(microBatches, ingredients, engine, context, checkpoints, from)),
      engine,
    };
  } catch (error) {
    throw isOutOfMemory(error) ? outOfMemory(settings, error) : error;
  }
}

async function takeStepsIn(
  microBatches: number,
  { task, normals, outliers }: Ingredients,
  engine: ChosenEngine,
  context: TaskContext,
  checkpoints: Checkpoints,
  from: Checkpoint | undefined,
): Promise<RunOutcome> {
  const { runId, method, settings, seed } = task;
  const recipe: TrainRecipe = {
    ...{ kind: 'train', method, normals, settings, seed, microBatches },
    outliers: outliers.map((set, index) => ({ set, weight: task.outliers[index]!.weight })),
    shifts: task.shifts,
  };
  const pool = new ViewPool(recipe, helperCount(coreCount()));
  try {
    // While the program is compiled.
    pool.begin(from?.step ?? 0);
    const training = await startTraining({
      ...planOf(recipe),
      ...{ engine, source: pool, microBatches },
      ...(from ? { from } : {}),
    });
    // Frees the initial state, which has been written and is as large as the network.
    globalThis.gc?.();
    try {
      const { steps } = scheduleOf(settings, normals.count);
      const { name, device, why } = engine;
      const step = from?.step ?? 0;
      context.emit('started', { runId, engine: name, device, why, step, steps, microBatches });
      const views = { pool, microBatches };
      return await new TrainingRun(
        task,
        context,
        training,
        checkpoints,
        engine,
        views,
        from,
      ).finish();
    } finally {
      await training.release();
    }
  } finally {
    await pool.close();
  }
}

/** Warns when a resumed run continues on another engine, device or version. */
function compareOrigin(
  from: Checkpoint,
  task: TrainTask,
  engine: Engine,
  warn: (text: string) => void,
): void {
  const before = `${from.engine} engine (${from.device}), version ${from.codeVersion}`;
  const now = `${engine.name} engine (${engine.device}), version ${task.codeVersion}`;
  if (before === now) return;
  warn(
    `This run was started with the ${before}, and continues with the ${now}: its result may differ ` +
      'slightly from that of an uninterrupted run.',
  );
}
