// Where each value of a kept tensor lies in its blocked layout, and that none is lost on the way back.

import { describe, expect, it } from 'vitest';
import { rounded, vectorLayout, weightLayout } from '#engine/lower/blocked/layouts.ts';
import { elementCount } from '#engine/ir/program.ts';
import type { StateLayout } from '#engine/lower/lowered-program.ts';

function stored(layout: StateLayout, values: Float32Array): Float32Array {
  const whole = new Float32Array(elementCount(layout.shape)).fill(NaN);
  layout.store(values, whole);
  return whole;
}

function loaded(layout: StateLayout, whole: Float32Array, count: number): Float32Array {
  const values = new Float32Array(count);
  layout.load(whole, values);
  return values;
}

describe('weights in blocks', () => {
  for (const block of [8, 16]) {
    for (const [k, c, kernel, stem] of [
      [32, 16, 3, false],
      [20, 12, 3, false],
      [16, 3, 7, true],
      [10, 1, 3, true],
      [7, 33, 1, false],
    ] as const) {
      const what = `[${k}, ${c}, ${kernel}, ${kernel}] in blocks of ${block}${stem ? ' for plain images' : ''}`;
      it(`${what} lie by block, tap, channel and row, and come back`, () => {
        const shape = [k, c, kernel, kernel];
        const values = Float32Array.from({ length: elementCount(shape) }, (_, index) => index + 1);
        const layout = weightLayout(shape, block, stem);
        const whole = stored(layout, values);
        const inner = stem ? 1 : block;
        const columns = stem ? c : rounded(c, block);
        expect(layout.shape).toEqual([rounded(k, block), columns, kernel, kernel]);
        // [K/B, C/inner, taps, inner, B], as onnxruntime reads it; the rest zeros.
        const expected = new Float32Array(elementCount(layout.shape));
        values.forEach((value, index) => {
          const tap = index % kernel ** 2;
          const column = Math.floor(index / kernel ** 2) % c;
          const row = Math.floor(index / kernel ** 2 / c);
          const outer = Math.floor(row / block) * (columns / inner) + Math.floor(column / inner);
          const lane = ((outer * kernel ** 2 + tap) * inner + (column % inner)) * block;
          expected[lane + (row % block)] = value;
        });
        expect(whole).toEqual(expected);
        expect(loaded(layout, whole, values.length)).toEqual(values);
      });
    }
  }
});

describe('vectors in blocks', () => {
  it('are filled up with zeros and cut again', () => {
    const values = Float32Array.of(1, 2, 3);
    const layout = vectorLayout(3, 8);
    expect(stored(layout, values)).toEqual(Float32Array.of(1, 2, 3, 0, 0, 0, 0, 0));
    expect(loaded(layout, stored(layout, values), 3)).toEqual(values);
  });
});
