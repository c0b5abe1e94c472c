// What holds of every network of the list, and a real short training of each.

import { describe, expect, it } from 'vitest';
import { auroc } from '#domain/metrics/auroc.ts';
import { networkNames, networkTable } from '#domain/network-table.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { resolveSettings, generalSettings } from '#domain/run-settings.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { elementCount, type Program } from '#engine/ir/program.ts';
import { networks } from '#ml/networks/networks.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { describeScoring, readReference, scoreImages } from '#ml/score.ts';
import { describeTraining, startTraining } from '#ml/train.ts';
import { stepMemory } from '#worker/tasks/memory.ts';

const { min, max } = generalSettings.inputSize;

/** Discs of one radius, each at its own place and of its own brightness; or squares. */
function shapes(count: number, isDisc: boolean, seed: number): PixelSet {
  const side = 20;
  const pixels = new Uint8Array(count * side * side);
  for (let image = 0; image < count; image++) {
    const stream = new RandomStream(seed, purpose.sample, image);
    const [x0, y0, value] = [
      stream.between(7, 13),
      stream.between(7, 13),
      stream.between(120, 220),
    ];
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const [dx, dy] = [Math.abs(x - x0), Math.abs(y - y0)];
        const inside = isDisc ? dx * dx + dy * dy < 25 : (dx < 2 && dy < 7) || (dy < 2 && dx < 7);
        pixels[(image * side + y) * side + x] = (inside ? value : 40) + stream.integer(20);
      }
    }
  }
  return { count, height: side, width: side, channels: 1, window: [[0, 255]], pixels };
}

describe.each(networkNames)('%s', (name) => {
  const network = networks[name];
  const settings = resolveSettings({
    ...{ preset: 'paper', specimen: 'fluorescence', method: 'anchored' },
    overrides: {
      ...{ network: name, width: 8, inputSize: 16, batch: 16, outlierBatch: 16, steps: 60 },
      ...{ learningRate: 0.02, schedule: 'step', alpha: 1, views: 4, warmup: 0 },
    },
  });

  it('has a meaning for users', () => {
    expect(generalSettings.network.meaning).toContain(`${name}: `);
    expect(networkTable[name].meaning).toMatch(/\w+ \w+/);
  });

  it.each([min, 33, max])('takes images of %d pixels, of one channel or three', (inputSize) => {
    for (const channels of [1, 3] as const) {
      const b = new ProgramBuilder('score');
      const images = b.input('images', [2, channels, inputSize, inputSize]);
      const { h, z, stages } = network.describe(b, images, { width: 8, inputSize, channels });
      expect(h.shape).toEqual([2, network.featureSize({ width: 8 })]);
      expect(z.shape).toEqual([2, network.embeddingSize]);
      const sides = stages.map(({ shape }) => shape[2]!);
      expect(sides.every((side, i) => side >= 1 && side <= (sides[i - 1] ?? inputSize))).toBe(true);
      expect(stages.at(-1)!.shape.slice(0, 2)).toEqual(h.shape);
    }
  });

  it('trains the tensors that it scores with', () => {
    const tensors = ({ state }: Program) =>
      state
        .filter(({ kind }) => kind !== 'slot')
        .map(({ name, value }) => `${name} ${String(value.shape)}`)
        .sort();
    const trained = describeTraining('anchored', settings, 3);
    expect(tensors(trained)).toEqual(tensors(describeScoring(settings, 3, 1)));
    const weights = trained.training!.parameters.reduce(
      (n, { value }) => n + elementCount(value.shape),
      0,
    );
    expect(stepMemory(trained, settings)).toBeGreaterThan(4 * 3 * weights);
  });

  it('learns to separate crosses from discs in a short training', async () => {
    const normals = shapes(40, true, 1);
    const engine = cpuEngine(1);
    const training = await startTraining({
      ...{ method: 'anchored', engine, normals, settings, seed: 3, shifts: [] },
      outliers: [{ set: shapes(40, false, 2), weight: 1 }],
    });
    const apart: number[] = [];
    for await (const { terms } of training.steps) {
      apart.push(terms['normalNorm']! - terms['outlierNorm']!);
    }
    const state = await training.state();
    await training.release();
    expect(apart.at(-1)).toBeGreaterThan(apart[0]! + 0.5);
    const reference = await readReference(engine, state, normals, settings, 3);
    const norms = async (set: PixelSet) => {
      const keyed = Array.from({ length: set.count }, (_, index) => {
        return { index, key: [index, 0] as const };
      });
      const found: number[] = [];
      for await (const scored of scoreImages(
        engine,
        { method: 'anchored', settings, state, reference, fitted: {} },
        set,
        keyed,
        1,
      )) {
        found.push(...scored.map(({ raw }) => raw['normOfMean']!));
      }
      return found;
    };
    const [discs, crosses] = [await norms(shapes(20, true, 5)), await norms(shapes(20, false, 6))];
    const lower = (norms: readonly number[]) => norms.map((norm) => -norm);
    expect(auroc(lower(discs), lower(crosses)).auroc).toBeGreaterThan(0.95);
  });
});
