// The task `features`: the model's features of the images of a shard, for finding near duplicates.

import { chooseEngine } from '#engine/doctor.ts';
import { readFeatures } from '#ml/score.ts';
import type { FeaturesTask } from '../contract.ts';
import { readModel } from '../files/model-file.ts';
import { ScorePools } from '../views/score-pools.ts';
import { assertSamePixels } from './score-task.ts';
import { readShard } from '../files/shard.ts';
import type { TaskContext } from './task.ts';
import { writeWhole } from '#files/whole-file.ts';

/** Throws `stopped`, `disk-full`, and what reading and computing throw. */
export async function runFeatures(
  task: FeaturesTask,
  { stop }: TaskContext,
): Promise<{ images: number; size: number }> {
  const { description, state } = await readModel(task.model.path);
  const shard = await readShard(task.shard.path, task.shard.hash);
  assertSamePixels(description, shard, task.shard);
  const { settings } = description;
  const engine = await chooseEngine(task.engine, settings.threads);
  const pools = new ScorePools();
  const network = { settings, state };
  const { size, features } = await readFeatures(engine, network, shard, stop, pools).finally(() =>
    pools.close(),
  );
  const bytes = Buffer.from(features.buffer, features.byteOffset, features.byteLength);
  await writeWhole(task.path, [bytes]);
  return { images: shard.count, size };
}
