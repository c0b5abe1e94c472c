// What outliers add: nothing from none, more from those that are like the anomalies, harm from misleading ones, and no
// image judged by an outlier of its own group.

import { expect, it } from 'vitest';
import { RandomStream, purpose } from '#domain/random.ts';
import { outlierBudget } from '#ml/read-out/outlier-budget.ts';

const width = 24;
const lengths = [10, 14];

function rows(place: number, count: number, along?: number, by = 0): Float32Array[] {
  return Array.from({ length: count }, (_, image) => {
    const stream = new RandomStream(place, purpose.sample, image);
    return Float32Array.from({ length: width }, (_, i) => stream.normal() + (i === along ? by : 0));
  });
}

const folded = (all: readonly Float32Array[]) => all.map((row, i) => ({ row, fold: i % 5 }));
const free = (all: readonly Float32Array[]) => all.map((row) => ({ row, fold: null }));

const base = {
  ...{ normals: rows(0, 80), lengths, pictures: 1 },
  held: folded(rows(1, 60)),
  anomalies: folded(rows(2, 40, 4, 2)),
};

it('rises with outliers like the anomalies, and says which source helps and which harms', async () => {
  const alike = free(rows(3, 120, 4, 5));
  const against = free(rows(4, 120, 4, -5));
  const found = await outlierBudget({ ...base, sources: [alike] }, 0, () => Promise.resolve());
  expect(found.points.map(({ outliers }) => outliers)).toEqual([0, 10, 30, 100, 120]);
  const [none, all] = [found.points[0]!.auroc, found.points.at(-1)!.auroc];
  expect(all).toBeGreaterThan(none + 0.05);
  expect(found.sources[0]!.auroc).toBeCloseTo(all, 9);
  expect(found.sources[0]!.difference95[0]).toBeGreaterThan(0);
  const both = await outlierBudget({ ...base, sources: [alike, against] }, 0, () =>
    Promise.resolve(),
  );
  expect(both.sources[1]!.auroc).toBeLessThan(both.sources[0]!.auroc);
});

it('is the same as without outliers where every outlier is of the group that is judged', async () => {
  const one = (all: readonly Float32Array[]) => all.map((row) => ({ row, fold: 0 }));
  const { points } = await outlierBudget(
    {
      ...{ ...base, held: one(rows(1, 60)), anomalies: one(rows(2, 40, 4, 2)) },
      sources: [one(rows(3, 120, 4, 5))],
    },
    0,
    () => Promise.resolve(),
  );
  for (const { auroc } of points) expect(auroc).toBeCloseTo(points[0]!.auroc, 9);
});
