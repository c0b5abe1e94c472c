// The task `randomBaseline`: the read-out of a run's network before its training, with random weights. A
// trained detector that is no better has learnt nothing that the read-out did not give.

import { throwIfStopped } from '#domain/stop.ts';
import { chooseEngine } from '#engine/doctor.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { describeScoring, readReference, scoreImages, type KeyedImage } from '#ml/score.ts';
import type { RandomBaselineTask } from '../contract.ts';
import { readShard } from '../files/shard.ts';
import { ScorePools } from '../views/score-pools.ts';
import type { TaskContext } from './task.ts';

/** Throws `stopped`, and what reading and scoring throw. */
export async function runRandomBaseline(
  { normals: ofNormals, images: ofImages, settings: asked, seed }: RandomBaselineTask,
  { stop }: TaskContext,
): Promise<{ anomaly: number[] }> {
  const normals = await readShard(ofNormals.path, ofNormals.hash);
  const images = await readShard(ofImages.path, ofImages.hash);
  const settings = { ...asked, views: 0 };
  const engine = await chooseEngine('cpu', settings.threads);
  const state = initialState(describeScoring(settings, normals.channels, 1), seed);
  const pools = new ScorePools();
  try {
    const reference = await readReference(engine, state, normals, settings, seed, stop, pools);
    const network = { method: 'simclr' as const, settings, state, reference, fitted: {} };
    const keyed = Array.from({ length: images.count }, (_, index): KeyedImage => {
      return { index, key: [index, 0] };
    });
    const anomaly: number[] = [];
    for await (const scored of scoreImages(engine, network, images, keyed, seed, pools)) {
      anomaly.push(...scored.map(({ raw }) => -raw['stages']!));
      throwIfStopped(stop);
    }
    return { anomaly };
  } finally {
    await pools.close();
  }
}
