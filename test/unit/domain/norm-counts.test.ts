import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  addNorms,
  binStart,
  countNorms,
  noNorms,
  normQuantile,
  normTotal,
} from '#domain/norm-counts.ts';

const norms = fc.float32Array({ min: 0, max: 5000, noNaN: true, maxLength: 60 });

it('counts each norm once, in the bin around it', () => {
  expect(countNorms(Float32Array.of(1, 1.05, 2, 4.01))).toEqual({
    first: 0,
    counts: [2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
  });
  // Collapsed and exploded norms lie in the outermost bins.
  const ends = countNorms(Float32Array.of(0, 1e9));
  expect([normTotal(ends), binStart(ends.first)]).toEqual([2, 2 ** -7]);
  expect(countNorms(new Float32Array())).toEqual(noNorms);
});

it('adds up: counts of two sets are the counts of both together', () => {
  fc.assert(
    fc.property(norms, norms, (one, other) => {
      const both = countNorms(Float32Array.from([...one, ...other]));
      expect(addNorms(countNorms(one), countNorms(other))).toEqual(both);
    }),
  );
});

it('has quantiles that are never further from the true ones than a bin is wide', () => {
  const inRange = fc.float32Array({ min: 0.0078125, max: 4000, noNaN: true, minLength: 1 });
  fc.assert(
    fc.property(inRange, fc.constantFrom(0.05, 0.25, 0.5, 0.75, 0.95), (values, part) => {
      const sorted = [...values].sort((a, b) => a - b);
      const truth = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
      const found = normQuantile(countNorms(values), part);
      expect(Math.abs(Math.log2(found / truth))).toBeLessThan(1 / 8 + 1e-6);
    }),
  );
  expect(() => normQuantile(noNorms, 0.5)).toThrow(RangeError);
});
