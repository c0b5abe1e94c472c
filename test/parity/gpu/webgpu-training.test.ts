// A whole small training on WebGPU, on a software driver: the losses of 20 steps and the order of the
// scores after them are the CPU's. It learns one batch by heart at a small learning rate: at the usual
// one two float32 programs part after a few steps, whatever they run on (see
// parity/ml/peer-curves.test.ts); the CPU's own two lowerings differ by 4e-2 at 1e-4 with new batches,
// by 5e-6 here.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '#domain/random.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import type { Engine, Tensors } from '#engine/engine.ts';
import { elementCount } from '#engine/ir/program.ts';
import { openGpuEngine } from '#engine/onnxruntime/gpu-engines.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { describeScoring } from '#ml/score.ts';
import { describeTraining } from '#ml/train.ts';
import { hasSoftwareGpu, useSoftwareGpu } from '../../support/software-gpu.ts';

const steps = 20;
const learningRate = 1e-5;
const scored = 64;
const overrides = { width: 4, inputSize: 16, batch: 8, outlierBatch: 8 };
const settings = resolveSettings({
  preset: 'paper',
  specimen: 'stained',
  method: 'oecl',
  overrides,
});
const training = describeTraining('oecl', settings, 3);
const scoring = describeScoring(settings, 3, scored);
const side = overrides.inputSize;

/** Colour gradients with noise, each as strong as chance will have it: [count, 3, side, side]. */
function gradients(count: number, stream: RandomStream): Float32Array {
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

async function trainAndScore(engine: Engine): Promise<{ losses: number[]; norms: number[] }> {
  const session = await engine.compile(training);
  await session.writeState(initialState(training, 0));
  const images = gradients(4 * overrides.batch, new RandomStream(5, 6, 7));
  const losses: number[] = [];
  const inputs: Tensors = {
    ...Object.fromEntries(
      training.inputs.map(({ name, value }) => [
        name,
        new Float32Array(elementCount(value.shape)).fill(name === 'alpha' ? settings.alpha : 1),
      ]),
    ),
    images,
    learningRate: Float32Array.of(learningRate),
  };
  for (let step = 0; step < steps; step++) losses.push((await session.run(inputs))['loss']![0]!);
  const state = await session.readState();
  const scores = await engine.compile(scoring);
  await scores.writeState(
    Object.fromEntries(scoring.state.map(({ name }) => [name, state[name]!])),
  );
  const { z } = await scores.run({ images: gradients(scored, new RandomStream(8, 9, 10)) });
  const norms = Array.from({ length: scored }, (_, row) =>
    Math.hypot(...z!.subarray((row * z!.length) / scored, ((row + 1) * z!.length) / scored)),
  );
  await Promise.all([session.release(), scores.release()]);
  return { losses, norms };
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

describe.runIf(hasSoftwareGpu)('a training on WebGPU', { timeout: 600_000 }, () => {
  let webgpu: Engine;

  beforeAll(async () => {
    useSoftwareGpu();
    const cacheFolder = mkdtempSync(join(tmpdir(), 'normscope-gpu-'));
    webgpu = await openGpuEngine('webgpu', { cacheFolder, weightGradientWay: 'products' });
  });

  it('has the losses of the CPU for 20 steps, and ranks images alike', async () => {
    const theirs = await trainAndScore(cpuEngine(1));
    const ours = await trainAndScore(webgpu);
    ours.losses.forEach((loss, step) => {
      expect(Math.abs(loss / theirs.losses[step]! - 1), `step ${step}`).toBeLessThan(1e-3);
    });
    // It learns: otherwise equal losses would say little.
    expect(theirs.losses.at(-1)).toBeLessThan(0.9 * theirs.losses[0]!);
    expect(rankCorrelation(ours.norms, theirs.norms)).toBeGreaterThanOrEqual(0.9999);
  });
});
