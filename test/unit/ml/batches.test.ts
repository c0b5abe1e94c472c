// Batches: every image in its turn, sources by weight, and any step by itself.

import { describe, expect, it } from 'vitest';
import type { RunSettings } from '#domain/run-settings.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import { plainView } from '#ml/augment/view.ts';
import type { BatchPlan } from '#ml/batches.ts';
import { rowsOf } from '#ml/batches.ts';
import type { PixelSet } from '#ml/pixels.ts';
import type { Shift } from '#ml/shifts/shift.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import { DrawnBatches } from './drawn-batches.ts';
import { noisePixels } from './pixel-sets.ts';

const size = 16;
/** Only mirror images and crops off: a view is the image, and its first value tells which. */
const unchanged = {
  ...{ cropMin: 1, cropMax: 1, flip: 0, verticalFlip: 0, jitter: 0, grey: 0 },
  ...{ inputSize: size, width: 8 },
};

function settingsOf(overrides: Record<string, number | string>): RunSettings {
  return resolveSettings({
    ...{ preset: 'paper', specimen: 'natural', method: 'anchored' },
    overrides: { ...unchanged, ...overrides },
  });
}

/** Grey images, each even and of its own value, first + index. */
function evenImages(count: number, first = 0): PixelSet {
  const set = noisePixels({ count, height: size, width: size, channels: 1 });
  set.pixels.forEach((_, at) => (set.pixels[at] = first + Math.floor(at / size ** 2)));
  return set;
}

interface Parts {
  readonly normals?: PixelSet;
  readonly outliers?: BatchPlan['outliers'];
  readonly shifts?: BatchPlan['shifts'];
  readonly seed?: number;
}

function planOf(overrides: Record<string, number | string>, parts: Parts = {}): BatchPlan {
  const { normals = evenImages(10), outliers = [], shifts = [], seed = 1 } = parts;
  return { method: 'anchored', normals, outliers, shifts, seed, settings: settingsOf(overrides) };
}

/** The pixel value of the first pixel of each row. */
function valuesOf(batches: DrawnBatches, plan: BatchPlan): number[] {
  const { normals, outliers } = rowsOf(plan);
  const length = batches.images.length / (normals + outliers);
  return Array.from({ length: normals + outliers }, (_, row) =>
    Math.round((batches.images[row * length]! / 2 + 0.5) * 255),
  );
}

/** Values of the rows of some steps. */
function drawn(plan: BatchPlan, steps: readonly number[]): number[][] {
  const batches = new DrawnBatches(plan);
  return steps.map((step) => {
    batches.fill(step);
    return valuesOf(batches, plan);
  });
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

describe('normal images', () => {
  it('come each once a pass, in a new order each pass, also across batches that end a pass', () => {
    // 30 steps of 4 from 10 images: 12 passes, of which most end inside a batch.
    const plan = planOf({ batch: 4, outlierBatch: 0 });
    const order = drawn(plan, upTo(30)).flatMap((row) => row.slice(0, 4));
    const passes = upTo(12).map((pass) => order.slice(10 * pass, 10 * pass + 10));
    for (const pass of passes) expect(ascending(pass)).toEqual(upTo(10));
    expect(new Set(passes.map(String)).size).toBe(12);
  });

  it('come in another order with another seed', () => {
    const [one, two] = [1, 2].map((seed) =>
      drawn(planOf({ batch: 10, outlierBatch: 0 }, { seed }), [0]),
    );
    expect(one).not.toEqual(two);
  });

  it('come in two views, rows i and i + B, that differ', () => {
    const plan = planOf({ batch: 4, outlierBatch: 0, cropMin: 0.3 });
    for (const values of drawn(plan, upTo(6))) {
      expect(values.slice(4)).toEqual(values.slice(0, 4));
    }
    const noisy = planOf(
      { batch: 4, outlierBatch: 0, cropMin: 0.3 },
      { normals: noisePixels({ count: 10, height: 20, width: 20, channels: 3 }) },
    );
    const batches = new DrawnBatches(noisy);
    batches.fill(3);
    const length = 3 * size * size;
    const row = (index: number) => batches.images.slice(index * length, (index + 1) * length);
    for (const slot of upTo(4)) expect(row(slot)).not.toEqual(row(slot + 4));
  });

  it('are given as values from −1 to 1', () => {
    const normals = evenImages(2);
    normals.pixels.fill(255, size * size);
    const batches = new DrawnBatches(planOf({ batch: 2, outlierBatch: 0 }, { normals }));
    batches.fill(0);
    expect(ascending([...new Set(batches.images)])).toEqual([-1, 1]);
  });

  it('are turned by 90° as further normals when set, rows B … 2B − 1 of each view', () => {
    const normals = noisePixels({ count: 5, height: size, width: size, channels: 3 });
    const plan = planOf(
      { batch: 3, outlierBatch: 2, normalRotation: '90' },
      {
        normals,
        shifts: [{ shift: shiftNamed('rotate'), weight: 1, strength: 0.5 }],
      },
    );
    expect(rowsOf(plan)).toEqual({ normals: 12, outliers: 4 });
    const batches = new DrawnBatches(plan);
    batches.fill(0);
    const length = 3 * size * size;
    const row = (index: number) => batches.images.slice(index * length, (index + 1) * length);
    for (const slot of upTo(3)) {
      const upright = row(slot);
      const turned = upright.map((_, at) => {
        const [plane, y, x] = [at - (at % 256), Math.floor((at % 256) / size), at % size];
        return upright[plane + x * size + (size - 1 - y)]!;
      });
      expect(row(3 + slot)).toEqual(turned);
      expect(row(6 + slot)).toEqual(upright); // no other change: the second view is the first
      expect(row(9 + slot)).toEqual(turned);
    }
  });

  it('turned by 90° are not outliers as well', () => {
    const shifts = [{ shift: shiftNamed('rotate'), weight: 1, strength: 0.6 }];
    const plan = planOf({ batch: 4, outlierBatch: 4, normalRotation: '90' }, { shifts });
    expect(() => new DrawnBatches(plan)).toThrow(
      /normalRotation=90.*rotate.*Lower its strength to 0.5/,
    );
    expect(() => new DrawnBatches(planOf({ batch: 4, outlierBatch: 4 }, { shifts }))).not.toThrow();
  });
});

describe('outliers', () => {
  const source = (count: number, first: number, weight: number) => {
    return { set: evenImages(count, first), weight };
  };
  const outlierRows = (plan: BatchPlan, steps: number): number[][] =>
    drawn(plan, upTo(steps)).map((values) => values.slice(2 * plan.settings.batch));

  it('of one source come each once a pass, reshuffled, two views each', () => {
    const plan = planOf({ batch: 4, outlierBatch: 6 }, { outliers: [source(15, 100, 1)] });
    const rows = outlierRows(plan, 20);
    for (const row of rows) expect(row.slice(6)).toEqual(row.slice(0, 6));
    const order = rows.flatMap((row) => row.slice(0, 6));
    const passes = upTo(8).map((pass) => order.slice(15 * pass, 15 * pass + 15));
    for (const pass of passes) expect(ascending(pass)).toEqual(upTo(15).map((i) => 100 + i));
    expect(new Set(passes.map(String)).size).toBe(8);
  });

  it('fewer than a batch are used again in other views', () => {
    const plan = planOf({ batch: 4, outlierBatch: 8 }, { outliers: [source(3, 100, 1)] });
    const order = outlierRows(plan, 3).flatMap((row) => row.slice(0, 8));
    for (const pass of upTo(8)) {
      expect(ascending(order.slice(3 * pass, 3 * pass + 3))).toEqual([100, 101, 102]);
    }
  });

  it('come from their sources by weight, and all of them in the end', () => {
    const outliers = [source(20, 50, 3), source(60, 100, 1), source(5, 200, 0)];
    const plan = planOf({ batch: 2, outlierBatch: 16 }, { outliers });
    const order = outlierRows(plan, 100).flatMap((row) => row.slice(0, 16));
    const from = (first: number, count: number): number[] =>
      order.filter((value) => value >= first && value < first + count);
    // The sequence spreads evenly: off by far less than a random draw would be.
    expect(Math.abs(from(50, 20).length - 1200)).toBeLessThan(4);
    expect(Math.abs(from(100, 60).length - 400)).toBeLessThan(4);
    expect(from(200, 5)).toEqual([]);
    expect(new Set(from(50, 20)).size).toBe(20);
    expect(new Set(from(100, 60)).size).toBe(60);
    // Within every single step too, to the nearest image or two.
    for (const row of outlierRows(plan, 20)) {
      const share = row.slice(0, 16).filter((value) => value < 100).length;
      expect(Math.abs(share - 12)).toBeLessThanOrEqual(2);
    }
  });

  it('are shared by weight between sources and shifts', () => {
    const marked = recorder();
    const plan = planOf(
      { batch: 4, outlierBatch: 10 },
      {
        outliers: [source(20, 100, 1)],
        shifts: [
          { shift: marked.shift, weight: 2, strength: 0.3 },
          { shift: shiftNamed('noise'), weight: 2, strength: 0.3 },
        ],
      },
    );
    const rows = outlierRows(plan, 50).flatMap((row) => row.slice(0, 10));
    expect(Math.abs(rows.filter((value) => value >= 100 && value < 120).length - 100)).toBeLessThan(
      4,
    );
    // Two views of each.
    expect(Math.abs(marked.calls.length - 2 * 200)).toBeLessThan(8);
  });

  /** A shift that notes what it was given, and leaves a mark. */
  function recorder() {
    const calls: { view: number; partner: number; strength: number; draw: number }[] = [];
    const shift: Shift = {
      apply: (view, partner, _shape, strength, stream) => {
        const value = (image: Float32Array): number => Math.round(image[0]! * 255);
        const draw = stream.uniform();
        calls.push({ view: value(view), partner: value(partner), strength, draw });
        view.fill(1);
      },
    };
    return { shift, calls };
  }

  it('by a shift start from a normal of the batch and get another image as partner', () => {
    // 7 images in batches of 5: every other batch crosses the end of a pass.
    for (const [count, batch] of [
      [7, 5],
      [8, 8],
      [9, 3],
      [10, 2],
    ] as const) {
      const { shift, calls } = recorder();
      const shifts = [{ shift, weight: 1, strength: 0.4 }];
      const plan = planOf({ batch, outlierBatch: 6 }, { normals: evenImages(count), shifts });
      const batches = new DrawnBatches(plan);
      const partners = new Set<number>();
      for (const step of upTo(60)) {
        calls.length = 0;
        batches.fill(step);
        const normals = valuesOf(batches, plan).slice(0, batch);
        calls.forEach((call, index) => {
          expect(call.view).toBe(normals[(index >> 1) % batch]);
          expect(normals).toContain(call.partner);
          expect(call.strength).toBe(0.4);
          if (new Set(normals).size > 1) expect(call.partner).not.toBe(call.view);
          partners.add(call.partner);
        });
        expect(new Set(calls.map(({ draw }) => draw)).size).toBe(calls.length);
      }
      expect(partners.size).toBe(count);
    }
  });

  it('made by a shift work in a batch of two', () => {
    const normals = noisePixels({ count: 8, height: size, width: size, channels: 3 });
    for (const name of ['cut-mix', 'small-paste', 'jigsaw'] as const) {
      const shifts = [{ shift: shiftNamed(name), weight: 1, strength: 0.5 }];
      const plan = planOf({ batch: 2, outlierBatch: 3 }, { normals, shifts });
      const batches = new DrawnBatches(plan);
      batches.fill(1);
      const length = 3 * size * size;
      const row = (index: number) => batches.images.slice(index * length, (index + 1) * length);
      for (const slot of upTo(3)) {
        expect(row(4 + slot)).not.toEqual(row(slot % 2));
        expect(row(7 + slot)).not.toEqual(row(2 + (slot % 2)));
      }
    }
  });
});

describe('a batch', () => {
  const plan: BatchPlan = planOf(
    { batch: 4, outlierBatch: 6, cropMin: 0.3, jitter: 0.8, flip: 0.5 },
    {
      normals: noisePixels({ count: 10, height: 20, width: 20, channels: 3 }),
      outliers: [
        { set: noisePixels({ count: 7, height: 18, width: 18, channels: 3 }, 2), weight: 1 },
        { set: noisePixels({ count: 9, height: 24, width: 24, channels: 3 }, 3), weight: 2 },
      ],
      shifts: [{ shift: shiftNamed('cut-mix'), weight: 1, strength: 0.5 }],
    },
  );

  it('is the same whether the steps before it were drawn or not, and in any order', () => {
    const running = new DrawnBatches(plan);
    const all = upTo(12).map((step) => {
      running.fill(step);
      return running.images.slice();
    });
    for (const step of [11, 3, 7, 0, 7]) {
      const fresh = new DrawnBatches(plan);
      fresh.fill(step);
      expect(fresh.images).toEqual(all[step]);
      running.fill(step);
      expect(running.images).toEqual(all[step]);
    }
  });

  it('differs from step to step', () => {
    const batches = new DrawnBatches(plan);
    const seen = upTo(8).map((step) => {
      batches.fill(step);
      return String(batches.images.subarray(0, 500));
    });
    expect(new Set(seen).size).toBe(8);
  });

  it('of unchanged views holds the plain views', () => {
    const normals = noisePixels({ count: 8, height: 24, width: 24, channels: 3 });
    const plain = planOf({ batch: 8, outlierBatch: 0 }, { normals });
    const batches = new DrawnBatches(plain);
    batches.fill(0);
    const length = 3 * size * size;
    const expected = upTo(8).map((index) => {
      const out = new Float32Array(length);
      plainView(normals, index, size, out, 0);
      return String(out.map((value) => (value - 0.5) * 2));
    });
    const rows = upTo(8).map((row) =>
      String(batches.images.slice(row * length, (row + 1) * length)),
    );
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });
});
