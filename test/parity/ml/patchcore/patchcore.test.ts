// PatchCore against PyTorch (record.py): patches of maps, the greedy coreset, and the weighted score.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { greedyCoreset, projected } from '#ml/methods/patchcore/coreset.ts';
import { chosenStages, patchRows, type PatchSide } from '#ml/methods/patchcore/patch-features.ts';
import { patchScores } from '#ml/methods/patchcore/patch-score.ts';

const numbers = z.array(z.number());
const recorded = z
  .object({
    maps: z.array(numbers),
    first: z.int(),
    neighbours: z.int(),
    normals: z.array(numbers),
    images: z.array(numbers),
    patches: z.record(z.string(), numbers),
    coreset: z.array(z.int()),
    scores: z.array(z.record(z.string(), z.number())),
  })
  .parse(JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8')));

function rowsOf(maps: readonly (readonly number[])[], side: PatchSide) {
  return patchRows(
    maps.map((values, index) => {
      const shape = recorded.maps[index]!;
      const count = values.length / shape.reduce((product, length) => product * length, 1);
      return { shape: [count, ...shape], values: Float32Array.from(values) };
    }),
    side,
  );
}

function largestDifference(found: ArrayLike<number>, wanted: readonly number[]): number {
  return wanted.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at]!)), 0);
}

describe('PatchCore', () => {
  it.each(['1', '3', '5'])('averages %s positions a side and joins both grids', (side) => {
    const { values, positions, length } = rowsOf(recorded.normals, Number(side) as PatchSide);
    const wanted = recorded.patches[side]!;
    expect(positions * length).toBe(wanted.length);
    expect(largestDifference(values, wanted)).toBeLessThan(2e-6);
  });

  it('keeps the patches of a greedy k-centre, in its order', () => {
    const { values, length } = rowsOf(recorded.normals, 3);
    const { coreset, first } = recorded;
    expect([...greedyCoreset(values, length, coreset.length, first)]).toEqual(coreset);
  });

  it('scores an image by its strangest patch, weighted by the patches around the nearest one', () => {
    const normals = rowsOf(recorded.normals, 3);
    const images = rowsOf(recorded.images, 3);
    const { length, positions } = normals;
    const bank = Float32Array.from(
      recorded.coreset.flatMap((row) => [
        ...normals.values.subarray(row * length, (row + 1) * length),
      ]),
    );
    recorded.scores.forEach((wanted, image) => {
      const size = positions * length;
      const own = images.values.subarray(image * size, (image + 1) * size);
      const found = patchScores(own, bank, length, recorded.neighbours);
      for (const [name, value] of Object.entries(wanted)) {
        expect(-found[name]! / value, name).toBeCloseTo(1, 5);
      }
      const unweighted = patchScores(own, bank, length, 1);
      expect(unweighted['patch']).toBe(unweighted['largestPatch']);
    });
  });

  it('keeps every patch once when there are no more, and equal ones as one', () => {
    const rows = Float32Array.of(0, 0, 3, 4, 0, 0, 1, 0);
    expect([...greedyCoreset(rows, 2, 10, 0)]).toEqual([0, 1, 3]);
  });

  it('keeps distances in a random projection to within what 64 values allow', () => {
    const length = 300;
    const rows = Float32Array.from({ length: 20 * length }, (_, at) => Math.sin(at * at));
    const short = projected(rows, length, 64, 1);
    expect(short.length).toBe(64);
    const distance = (of: Float32Array, d: number, a: number, b: number) =>
      Math.hypot(...Array.from({ length: d }, (_, i) => of[a * d + i]! - of[b * d + i]!));
    for (let other = 1; other < 20; other++) {
      const ratio = distance(short.rows, 64, 0, other) / distance(rows, length, 0, other);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.4);
    }
    expect(projected(rows, length, 0, 1).rows).toBe(rows);
    expect(projected(rows, length, length, 1).rows).toBe(rows);
  });

  it('describes patches by two stages of a network', () => {
    expect(chosenStages(5, 'early')).toEqual([0, 1]);
    expect(chosenStages(5, 'middle')).toEqual([1, 2]);
    expect(chosenStages(5, 'late')).toEqual([3, 4]);
    expect(chosenStages(4, 'middle')).toEqual([1, 2]);
    expect(chosenStages(2, 'late')).toEqual([0, 1]);
    expect(chosenStages(1, 'early')).toEqual([0]);
  });
});
