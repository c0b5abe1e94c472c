// A short real training on small pictures: discs are normal, bars are outliers; anomalies are bars of the
// other diagonal, which the training has not seen.

import { auroc } from '#domain/metrics/auroc.ts';
import { cardOf, type TrainedName } from '#domain/methods/methods.ts';
import { RandomStream } from '#domain/random.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { fitMethod } from '#ml/fit-method.ts';
import { methodOf } from '#ml/methods/methods.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { readReference, scoreImages, type TrainedNetwork } from '#ml/score.ts';
import { startTraining, type StepDone } from '#ml/train.ts';

const side = 16;
type Kind = 'disc' | 'bar' | 'other bar';

function isInside(kind: Kind, x: number, y: number, radius: number): boolean {
  if (kind === 'disc') return Math.hypot(x, y) < radius;
  return Math.abs(kind === 'bar' ? x - y : x + y) < 2;
}

/** Grey pictures with noise. */
function pictures(kind: Kind, count: number, seed: number): PixelSet {
  const pixels = new Uint8Array(count * side * side);
  for (let index = 0; index < count; index++) {
    const stream = new RandomStream(7, seed, index);
    const [x0, y0, radius] = [stream.between(6, 10), stream.between(6, 10), stream.between(3, 5)];
    for (let at = 0; at < side * side; at++) {
      const inside = isInside(kind, (at % side) - x0, Math.floor(at / side) - y0, radius);
      pixels[index * side * side + at] = (inside ? 170 : 40) + stream.integer(30);
    }
  }
  return { count, height: side, width: side, channels: 1, window: [[0, 255]], pixels };
}

export interface ShortTraining {
  readonly steps: readonly StepDone[];
  /** Of held-out discs against the other bars, by score; 1 when every anomaly is stranger. */
  readonly aurocs: Readonly<Record<string, number>>;
}

export async function trainShortly(
  method: TrainedName,
  steps = 60,
  own: Readonly<Record<string, string | number>> = {},
): Promise<ShortTraining> {
  const settings = resolveSettings({
    ...{ preset: 'quick', specimen: 'stained', method },
    overrides: {
      ...{ width: 4, inputSize: side, batch: 16, steps, views: 2 },
      ...(cardOf(method).outliers === 'none' ? {} : { outlierBatch: 16 }),
      ...own,
    },
  });
  const engine = cpuEngine(1);
  const normals = pictures('disc', 64, 1);
  const isExposed = cardOf(method).outliers !== 'none';
  const outliers = isExposed ? [{ set: pictures('bar', 32, 2), weight: 1 }] : [];
  const seed = 3;
  const training = await startTraining({
    ...{ method, settings, seed, engine, normals, outliers, shifts: [] },
  });
  const taken: StepDone[] = [];
  for await (const step of training.steps) taken.push(step);
  const state = await training.state();
  await training.release();
  const reference = await readReference(engine, state, normals, settings, seed);
  const fitted = await fitMethod(engine, method, state, normals, settings, seed);
  const network: TrainedNetwork = { method, settings, state, reference, fitted };
  const normal = await anomalyScores(network, pictures('disc', 40, 4));
  const anomalous = await anomalyScores(network, pictures('other bar', 40, 5));
  const names = methodOf(method).card.scores.map(({ name }) => name);
  return {
    steps: taken,
    aurocs: Object.fromEntries(
      names.map((name) => [name, auroc(normal.of(name), anomalous.of(name)).auroc]),
    ),
  };
}

async function anomalyScores(
  network: TrainedNetwork,
  set: PixelSet,
): Promise<{ of: (name: string) => number[] }> {
  const images = Array.from({ length: set.count }, (_, index) => {
    return { index, key: [index, 1] as const };
  });
  const all: Readonly<Record<string, number>>[] = [];
  for await (const batch of scoreImages(cpuEngine(1), network, set, images, 1)) {
    all.push(...batch.map(({ raw }) => raw));
  }
  return { of: (name) => all.map((raw) => -raw[name]!) };
}
