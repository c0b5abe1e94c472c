import { expect, test } from 'vitest';
import { allFinite } from '#ml/finite.ts';

test('finds NaN and infinity at any position', () => {
  for (const type of [Float32Array, Float64Array]) {
    expect(allFinite(type.of(0, -1, 3e38))).toBe(true);
    expect(allFinite(new type(0))).toBe(true);
    for (const bad of [NaN, Infinity, -Infinity]) {
      expect(allFinite(type.of(bad, 1))).toBe(false);
      expect(allFinite(type.of(1, bad))).toBe(false);
    }
  }
});
