// Shifted copies of views, in batches and in scoring: where their rows lie, and what they show.

import { expect, it } from 'vitest';
import { csi } from '#domain/methods/csi.ts';
import { RandomStream } from '#domain/random.ts';
import { resolveSettings, type RunSettings } from '#domain/run-settings.ts';
import { rowsOf, type BatchPlan } from '#ml/batches.ts';
import { rotateQuarter } from '#ml/shifts/geometry.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import { ScoreViews } from '#ml/score-views.ts';
import { drawBatch } from '#ml/views.ts';
import { DrawnBatches } from './drawn-batches.ts';
import { noisePixels } from './pixel-sets.ts';

const size = 16;
const set = noisePixels({ count: 6, height: size, width: size, channels: 3 });
const shape = { channels: 3, size };
const length = 3 * size ** 2;

function settingsOf(overrides: Readonly<Record<string, string | number>>): RunSettings {
  return resolveSettings({
    ...{ preset: 'paper', specimen: 'natural', method: 'csi' },
    overrides: { inputSize: size, width: 8, batch: 4, ...overrides },
  });
}

function turned(view: Float32Array, turns: number): Float32Array {
  const copy = view.slice();
  rotateQuarter(copy, shape, turns);
  return copy;
}

it.each([1, 2])(
  'rows of %i micro-batches are first views, their copies by kind, second views, their copies',
  (microBatches) => {
    const settings = settingsOf({ contrastShift: 'rotate' });
    const plan: BatchPlan = {
      ...{ method: 'csi', normals: set, outliers: [], shifts: [], settings, seed: 3 },
    };
    expect(rowsOf(plan, microBatches)).toEqual({ normals: 32 / microBatches, outliers: 0 });
    const batches = new DrawnBatches(plan, microBatches);
    batches.fill(5);
    const rows = 32 / microBatches;
    const slots = 4 / microBatches;
    const row = (index: number) => batches.images.slice(index * length, (index + 1) * length);
    for (let part = 0; part < microBatches; part++) {
      for (const half of [0, rows / 2]) {
        for (let slot = 0; slot < slots; slot++) {
          const view = row(part * rows + half + slot);
          for (const turns of [1, 2, 3]) {
            const copy = row(part * rows + half + turns * slots + slot);
            expect(copy).toEqual(turned(view, turns));
          }
        }
      }
    }
  },
);

it('a step is the same alone and after others, with random shifts too', () => {
  const settings = settingsOf({ contrastShift: 'jigsaw' });
  const plan: BatchPlan = {
    ...{ method: 'csi', normals: set, outliers: [], shifts: [], settings, seed: 3 },
  };
  const [one, other] = [new DrawnBatches(plan), new DrawnBatches(plan)];
  for (const step of [0, 1, 2]) one.fill(step);
  other.fill(2);
  expect(other.images).toEqual(one.images);
  const row = (index: number) => one.images.slice(index * length, (index + 1) * length);
  const sorted = (values: Float32Array) => values.slice(0, size ** 2).sort();
  // 3 × 3 tiles of 5 pixels change places, the rest stays: the same values in another order.
  expect(row(4)).not.toEqual(row(0));
  expect(sorted(row(4))).toEqual(sorted(row(0)));
});

it('scores see copies of the plain and of every random view, the same in any set', () => {
  const settings = settingsOf({ contrastShift: 'rotate' });
  const [turns, views, copies] = [4 as const, 2, 3];
  const perImage = turns + views + copies * (1 + views);
  const request = (images: readonly number[]) => ({
    ...{ set, settings, seed: 7, turns, views, copies, rows: images.length * perImage },
    images: Uint32Array.from(images.flatMap((index) => [index, 10 + index, 20 + index])),
  });
  const drawn = (images: readonly number[]) => {
    const source = new ScoreViews(request(images));
    const all = new Float32Array(source.length);
    drawBatch(source, 0, all);
    return all;
  };
  const own = drawn([4]);
  const row = (index: number) => own.slice(index * length, (index + 1) * length);
  const plainAndRandom = [row(0), row(turns), row(turns + 1)];
  for (let kind = 0; kind < copies; kind++) {
    plainAndRandom.forEach((view, index) => {
      const copy = row(turns + views + kind * (1 + views) + index);
      expect(copy).toEqual(turned(view, 1 + kind));
    });
  }
  expect(drawn([1, 4]).slice(perImage * length)).toEqual(own);
});

it.each(csi.settings.contrastShift.choices)('the shift %s needs no second image', (name) => {
  const stream = () => new RandomStream(1, 940);
  const view = Float32Array.from({ length }, (_, at) => (at % 97) / 97);
  const [one, other] = [view.slice(), view.slice()];
  shiftNamed(name).apply(one, one, shape, 0.5, stream());
  shiftNamed(name).apply(other, new Float32Array(length), shape, 0.5, stream());
  expect(one).toEqual(other);
  expect(one).not.toEqual(view);
});
