// The task `score`: scores the requested images of a shard with a model.

import { Failure } from '#domain/failure.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { KeyedImage, ScoredImage } from '#ml/score.ts';
import { describeScoring, scoreImages, scoringBatches } from '#ml/score.ts';
import { writeWhole } from '#files/whole-file.ts';
import type { ImageToScore, ScoreTask, WorkerEvents } from '../contract.ts';
import type { Model, ModelDescription } from '../files/model-file.ts';
import { readModel } from '../files/model-file.ts';
import { ScorePools } from '../views/score-pools.ts';
import type { Shard } from '../files/shard.ts';
import { readShard } from '../files/shard.ts';
import { frozenScores } from './frozen/frozen-scores.ts';
import { scoresByRefit } from './refit/refit-scores.ts';
import type { TaskContext } from './task.ts';
import { Turns } from './task.ts';

/** A scoring of fewer batches would finish before two engines have been timed for it. */
const fewestTimed = 16;

/** Between two `scored` events. */
const eventMs = 200;

/**
 * Throws `stopped`, `device-lost`, `out-of-memory` and what reading and scoring throw, all after
 * reporting the images already scored.
 */
export async function runScoring(
  task: ScoreTask,
  { stop, emit }: TaskContext,
): Promise<{ scored: number }> {
  const model = await readModel(task.model.path);
  const shard = await readShard(task.shard.path, task.shard.hash);
  assertSamePixels(model.description, shard, task.shard);
  const images = task.images.map((image) => keyed(image, shard, task));
  const turns = new Turns();
  const kept = new KeptRows(task.rows, images.length);
  let untold: WorkerEvents['scored']['scores'][number][] = [];
  let toldAt = performance.now();
  const tell = () => {
    if (untold.length > 0) emit('scored', { scores: untold });
    untold = [];
    toldAt = performance.now();
  };
  const { settings } = model.description;
  const { path } = task.model;
  const scored = model.refit
    ? scoresByRefit(model, { path, engine: task.engine }, shard, images, stop)
    : model.frozen
      ? frozenScores(model.frozen, settings, path, shard, images)
      : trainedScores(model, task, shard, images, emit);
  try {
    for await (const scores of scored) {
      untold.push(...scores.map(({ index, raw }) => ({ index, raw })));
      kept.add(scores);
      if (performance.now() - toldAt > eventMs) tell();
      await turns.give();
      if (stop.aborted) break;
    }
  } finally {
    tell();
  }
  throwIfStopped(stop);
  await kept.write();
  return { scored: images.length };
}

/** What the read-out saw of the images, in their order, for the file that the task names. */
class KeptRows {
  readonly #path: string | undefined;
  readonly #images: number;
  #rows: Float32Array | undefined;
  #done = 0;

  constructor(path: string | undefined, images: number) {
    this.#path = path;
    this.#images = images;
  }

  add(scores: readonly ScoredImage[]): void {
    if (this.#path === undefined) return;
    for (const { row } of scores) {
      if (row === undefined) continue;
      this.#rows ??= new Float32Array(this.#images * row.length);
      this.#rows.set(row, row.length * this.#done++);
    }
  }

  /** Throws `disk-full`. */
  async write(): Promise<void> {
    if (this.#path === undefined || this.#rows === undefined) return;
    await writeWhole(this.#path, [Buffer.from(this.#rows.buffer)]);
  }
}

async function* trainedScores(
  model: Model,
  task: ScoreTask,
  shard: Shard,
  images: readonly KeyedImage[],
  emit: TaskContext['emit'],
): AsyncGenerator<readonly ScoredImage[], void, undefined> {
  const { method, settings } = model.description;
  const { rows, batches } = scoringBatches(settings, images.length);
  const program =
    batches >= fewestTimed ? describeScoring(settings, shard.channels, rows) : undefined;
  const engine = await chooseEngine(task.engine, settings.threads, program);
  const pools = new ScorePools({
    mostRows: task.mostRows,
    warn: (text) => emit('warning', { text }),
    onRows: (rows) => emit('scoring', { engine: engine.name, rows }),
  });
  try {
    const network = { ...model, method, settings };
    yield* scoreImages(engine, network, shard, images, task.seed, pools);
  } finally {
    await pools.close();
  }
}

/** Throws `bad-input` when the images were prepared differently from those of the model. */
export function assertSamePixels(
  { channels, type, window }: ModelDescription,
  shard: Shard,
  { name, path }: ScoreTask['shard'],
): void {
  const isSame =
    shard.channels === channels &&
    shard.type === type &&
    JSON.stringify(shard.window) === JSON.stringify(window);
  if (isSame) return;
  throw new Failure(
    'bad-input',
    `The images of "${name}" were not prepared like the images that the model was trained on ` +
      '(colour or grey, bit depth, brightness window). Prepare them for this model.',
    path,
  );
}

/** The first 64 bits of the hash name the image. */
function keyed({ index, hash }: ImageToScore, shard: Shard, task: ScoreTask): KeyedImage {
  if (index >= shard.count) {
    throw new Failure(
      'bad-input',
      `"${task.shard.name}" has ${shard.count} images; there is none at ${index}.`,
      task.shard.path,
    );
  }
  return { index, key: [parseInt(hash.slice(0, 8), 16), parseInt(hash.slice(8, 16), 16)] };
}
