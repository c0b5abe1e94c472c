import { expect, test } from 'vitest';
import { resolveSettings } from '#domain/run-settings.ts';
import { rowsOf, type BatchPlan } from '#ml/batches.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import { DrawnBatches } from './drawn-batches.ts';
import { noisePixels } from './pixel-sets.ts';

const size = 16;
const settings = resolveSettings({
  ...{ preset: 'paper', specimen: 'natural', method: 'anchored' },
  overrides: { inputSize: size, batch: 4, outlierBatch: 6 },
});
const pixels = (count: number, seed: number) =>
  noisePixels({ count, height: 20, width: 20, channels: 3 }, seed);
const plan: BatchPlan = {
  ...{ method: 'anchored', normals: pixels(10, 1), settings, seed: 1 },
  outliers: [{ set: pixels(7, 2), weight: 1 }],
  shifts: [{ shift: shiftNamed('cut-mix'), weight: 1, strength: 0.5 }],
};

test('a batch split into micro-batches holds the same views, each micro-batch laid out as a batch', () => {
  const [whole, halves] = [new DrawnBatches(plan), new DrawnBatches(plan, 2)];
  for (const batches of [whole, halves]) batches.fill(3);
  const { batch, outlierBatch } = plan.settings;
  const views = ({ images }: DrawnBatches, from: number, count: number) =>
    images.subarray(from * 3 * size * size, (from + count) * 3 * size * size);
  const [half, outlierHalf] = [batch / 2, outlierBatch / 2];
  let row = 0;
  const expectNext = (first: number, count: number): void => {
    expect(views(halves, row, count)).toEqual(views(whole, first, count));
    row += count;
  };
  for (const index of [0, 1]) {
    for (const view of [0, 1]) expectNext(view * batch + index * half, half);
    const outliers = 2 * batch + index * outlierHalf;
    for (const view of [0, 1]) expectNext(outliers + view * outlierBatch, outlierHalf);
  }
});

test('each micro-batch has its share of the rows', () => {
  expect(rowsOf(plan, 2)).toEqual({ normals: 4, outliers: 6 });
});
