// The task `advise`: measures how well shifted pictures are separated from normal ones, by a model's
// scores or, without a model, by a quick test.

import { auroc } from '#domain/metrics/auroc.ts';
import { RandomStream, purpose } from '#domain/random.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { drawView } from '#ml/augment/view.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { describeView, heldOutScores } from '#ml/shifts/separability.ts';
import { shiftedSet } from '#ml/shifts/shifted-set.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import type { AdviseTask, ShiftSpec, Separability } from '../contract.ts';
import { readModel } from '../files/model-file.ts';
import { readShard } from '../files/shard.ts';
import { modelScorer } from './model-scorer.ts';
import type { TaskContext } from './task.ts';
import { Turns } from './task.ts';

/** Side of the views of the quick test. */
const testSide = 48;

/** One result a shift, in their order. Throws `stopped`, `device-lost`, `out-of-memory`, and what reading and scoring throw. */
export async function runAdvice(
  task: AdviseTask,
  context: TaskContext,
): Promise<{ shifts: Separability[] }> {
  const images = await readShard(task.images.path, task.images.hash);
  const compare =
    task.model === null ? await quickTest(images, task) : await byModel(images, task, context);
  const turns = new Turns();
  const shifts: Separability[] = [];
  for (const [place, shift] of task.shifts.entries()) {
    throwIfStopped(context.stop);
    await turns.give();
    const { normal, shifted } = await compare(shift, place);
    const { auroc: separability, auroc95: separability95 } = auroc(normal, shifted);
    shifts.push({ separability, separability95 });
  }
  return { shifts };
}

type Compare = (
  shift: ShiftSpec,
  place: number,
) => Promise<{ readonly normal: readonly number[]; readonly shifted: readonly number[] }>;

/** Two random views of each image, as a training draws them; one of them shifted. */
// eslint-disable-next-line @typescript-eslint/require-await -- the model's test, its other form, has to wait
async function quickTest(images: PixelSet, { seed, augment }: AdviseTask): Promise<Compare> {
  const shape = { channels: images.channels, size: testSide };
  const draw = (index: number, place: number): Float32Array => {
    const view = new Float32Array(images.channels * testSide * testSide);
    const stream = new RandomStream(seed, purpose.view, place, index);
    drawView(images, index, augment, stream, testSide, view, 0);
    return view;
  };
  const indices = [...new Array<undefined>(images.count).keys()];
  const normals = indices.map((index) => describeView(draw(index, 0), shape));
  // eslint-disable-next-line @typescript-eslint/require-await -- the model's test, its other form, has to wait
  return async ({ name, parameters, strength }, place) => {
    const shift = shiftNamed(name, parameters);
    const shifted = indices.map((index) => {
      const view = draw(index, 1 + place);
      const stream = new RandomStream(seed, purpose.shift, place, index);
      shift.apply(view, draw((index + 1) % images.count, 1 + place), shape, strength, stream);
      return describeView(view, shape);
    });
    return heldOutScores(normals, shifted);
  };
}

/** The model's scores of the images as they are, and shifted at the size that is stored. */
async function byModel(images: PixelSet, task: AdviseTask, context: TaskContext): Promise<Compare> {
  const { path } = task.model!;
  const model = await readModel(path);
  const { rankBy } = model.description.settings;
  const scoresOf = await modelScorer(model, path, task, context);
  const anomaly = async (set: PixelSet) => (await scoresOf(set)).map((raw) => -raw[rankBy]!);
  const normal = await anomaly(images);
  return async ({ name, parameters, strength }, place) => ({
    normal,
    shifted: await anomaly(
      shiftedSet(images, shiftNamed(name, parameters), strength, task.seed, place),
    ),
  });
}
