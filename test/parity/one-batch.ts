// One small training, for comparing engines over many steps: the losses of its steps, and the order in which
// the trained network ranks other images. It learns one batch by heart at a small learning rate: at the
// usual one two float32 programs part after a few steps, whatever they run on (see
// parity/ml/peer-curves.test.ts); the CPU's own two lowerings differ by 4e-2 at 1e-4 with new batches,
// by 5e-6 here.

import { expect } from 'vitest';
import { RandomStream, purpose } from '#domain/random.ts';
import type { MethodName } from '#domain/methods/methods.ts';
import type { NetworkName } from '#domain/network-table.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import type { Engine, Tensors } from '#engine/engine.ts';
import { elementCount, type Program } from '#engine/ir/program.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { describeScoring } from '#ml/score.ts';
import { describeTraining } from '#ml/train.ts';

/** Conv-4 learns more slowly. */
const learningRates: Readonly<Record<NetworkName, number>> = { resnet18: 1e-5, conv4: 1e-4 };
/** So many that two which lie close together may change places. */
const scored = 256;

/** What an engine is to compute. */
export interface OneBatch {
  readonly training: Program;
  readonly scoring: Program;
  /** To begin with. */
  readonly state: Tensors;
  /** Of each step. */
  readonly inputs: Tensors;
  /** To be ranked by the norms of their features: [256, 3, side, side]. */
  readonly others: Float32Array;
}

export interface OneBatchChoice {
  /** Pixels: above 64 the stem of a ResNet-18 is pooled. */
  readonly side: number;
  readonly method: MethodName;
  /** ResNet-18 when left out. */
  readonly network?: NetworkName;
}

/** A network of width 4 on 8 normal images and 8 outliers. */
export function oneBatch({ side, method, network = 'resnet18' }: OneBatchChoice): OneBatch {
  const overrides = { network, width: 4, inputSize: side, batch: 8, outlierBatch: 8 };
  const settings = resolveSettings({ preset: 'paper', specimen: 'stained', method, overrides });
  const training = describeTraining(method, settings, 3);
  const images = training.inputs.find(({ name }) => name === 'images')!.value.shape[0]!;
  return {
    training,
    scoring: describeScoring(settings, 3, scored),
    state: initialState(training, 0),
    inputs: {
      ...Object.fromEntries(
        training.inputs.map(({ name, value }) => [
          name,
          new Float32Array(elementCount(value.shape)).fill(
            name === 'alpha' ? Number(settings['alpha']) : 1,
          ),
        ]),
      ),
      images: gradients(images, side, new RandomStream(5, 6, 7)),
      learningRate: Float32Array.of(learningRates[network]),
    },
    others: gradients(scored, side, new RandomStream(8, 9, 10)),
  };
}

/** The same network further on: the biases and factors, which begin at 0 and 1, are any. */
export function withBiases(batch: OneBatch): OneBatch {
  const state = { ...batch.state };
  batch.training.training!.parameters.forEach(({ name, value }, index) => {
    if (value.shape.length > 1) return;
    const stream = new RandomStream(11, purpose.initialWeights, index);
    state[name] = state[name]!.map((before) => before + stream.between(-0.3, 0.3));
  });
  return { ...batch, state };
}

/** Colour gradients with noise, each as strong as chance will have it: [count, 3, side, side]. */
function gradients(count: number, side: number, stream: RandomStream): Float32Array {
  const values = new Float32Array(count * 3 * side * side);
  for (let plane = 0; plane < count * 3; plane++) {
    const [down, across] = [stream.between(-0.5, 0.5), stream.between(-0.5, 0.5)];
    const noise = stream.between(0, 0.5);
    for (let at = 0; at < side * side; at++) {
      const [row, column] = [Math.floor(at / side), at % side];
      values[plane * side * side + at] =
        0.5 + (down * row + across * column) / side + noise * stream.between(-1, 1);
    }
  }
  return values;
}

export interface Trained {
  /** Of each step. */
  readonly losses: readonly number[];
  /** Of the other images, after the last step. */
  readonly norms: readonly number[];
}

export async function trainAndScore(engine: Engine, batch: OneBatch, steps = 20): Promise<Trained> {
  const session = await engine.compile(batch.training);
  await session.writeState(batch.state);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    losses.push((await session.run(batch.inputs))['loss']![0]!);
  }
  const state = await session.readState();
  const scores = await engine.compile(batch.scoring);
  await scores.writeState(
    Object.fromEntries(batch.scoring.state.map(({ name }) => [name, state[name]!])),
  );
  const { z } = await scores.run({ images: batch.others });
  const norms = Array.from({ length: scored }, (_, row) =>
    Math.hypot(...z!.subarray((row * z!.length) / scored, ((row + 1) * z!.length) / scored)),
  );
  await Promise.all([session.release(), scores.release()]);
  return { losses, norms };
}

/** Losses within 1e-3, and the same ranks but for 1e-4 of Spearman's correlation. */
export function expectSameTraining(ours: Trained, theirs: Trained): void {
  ours.losses.forEach((loss, step) => {
    expect(Math.abs(loss / theirs.losses[step]! - 1), `step ${step}`).toBeLessThan(1e-3);
  });
  // It learns: otherwise equal losses would say little.
  const fall = 1 - 0.05 * (theirs.losses.length / 20);
  expect(theirs.losses.at(-1)).toBeLessThan(fall * theirs.losses[0]!);
  expect(rankCorrelation(ours.norms, theirs.norms)).toBeGreaterThanOrEqual(0.9999);
}

/** Spearman's rank correlation of two lists without equal values. */
function rankCorrelation(some: readonly number[], others: readonly number[]): number {
  const [ranks, otherRanks] = [some, others].map((values) => {
    const sorted = [...values].sort((a, b) => a - b);
    return values.map((value) => sorted.indexOf(value));
  }) as [number[], number[]];
  const n = some.length;
  const squares = ranks.reduce((sum, rank, at) => sum + (rank - otherRanks[at]!) ** 2, 0);
  return 1 - (6 * squares) / (n ** 3 - n);
}
