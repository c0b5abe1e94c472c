// How long a network that is used as it is takes for an image.

import { RandomStream, purpose } from '#domain/random.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { patchScores } from '#ml/methods/patchcore/patch-score.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { readingOf } from '#ml/read-out/frozen-reading.ts';
import type { BackboneReference, Estimate, EstimateTask } from '../../contract.ts';
import { readBackbone } from '../../files/backbone-file.ts';
import { FrozenFeatures } from './frozen-features.ts';
import { PatchNetwork, scoredReading } from './patch-network.ts';
import { Turns } from '../task.ts';

interface TimedNetwork {
  /** Yields after some images with their number. */
  readonly compute: (indices: readonly number[]) => AsyncIterable<number>;
  readonly release: () => Promise<void>;
}

/** The mean over all pictures but the first. Throws `stopped`, and what loading and computing throw. */
export async function timeFrozen(
  task: EstimateTask,
  backbone: BackboneReference,
  pictures: PixelSet,
  stop: Stop,
): Promise<Estimate> {
  const load = task.method === 'patchcore' ? loadPatches : loadFeatures;
  const { compute, release } = await load(task, backbone, pictures);
  try {
    const turns = new Turns();
    const all = async (indices: readonly number[]) => {
      let computed = 0;
      for await (const some of compute(indices)) {
        computed += some;
        await turns.give();
        throwIfStopped(stop);
      }
      return computed;
    };
    await all([0]);
    const before = performance.now();
    const computed = await all(Array.from({ length: pictures.count - 1 }, (_, index) => index + 1));
    const stepMilliseconds = (performance.now() - before) / computed;
    const device = 'processor';
    return { engine: 'cpu', device, stepMilliseconds, steps: 0, checkpointSeconds: 0 };
  } finally {
    await release();
  }
}

async function loadFeatures(
  { settings }: EstimateTask,
  { model: { path }, card }: BackboneReference,
  pictures: PixelSet,
): Promise<TimedNetwork> {
  const onnx = await readBackbone(path, card.sha256);
  const network = await FrozenFeatures.load(card, onnx, path, 'cpu', settings.threads);
  return {
    compute: async function* (indices) {
      for await (const rows of network.rows(pictures, indices, readingOf(settings))) {
        yield rows.length;
      }
    },
    release: () => network.release(),
  };
}

/** With random patches in place of kept ones. */
async function loadPatches(
  { settings }: EstimateTask,
  { model: { path }, card }: BackboneReference,
  pictures: PixelSet,
): Promise<TimedNetwork> {
  const network = await PatchNetwork.load(
    card,
    await readBackbone(path, card.sha256),
    path,
    settings,
  );
  const stream = new RandomStream(0, purpose.sample);
  const [rows, neighbours] = [Number(settings['coreset']), Number(settings['neighbours'])];
  let bank = new Float32Array(0);
  return {
    compute: async function* (indices) {
      for await (const own of network.patches(pictures, indices, scoredReading(settings))) {
        const length = rows * own.length;
        if (bank.length !== length) bank = Float32Array.from({ length }, () => stream.normal());
        patchScores(own.values, bank, own.length, neighbours);
        yield 1;
      }
    },
    release: () => network.release(),
  };
}
