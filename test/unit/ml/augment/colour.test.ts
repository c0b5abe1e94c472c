// Colour operations: what each leaves alone, and that hue turns back.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brighten, changeContrast, makeGrey, saturate, turnHue } from '#ml/augment/colour.ts';

/** Views of 4 pixels. */
const views = fc
  .array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 })
  .map((values) => Float32Array.from(values));

function after(view: Float32Array, change: (copy: Float32Array) => void): Float32Array {
  const copy = view.slice();
  change(copy);
  return copy;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return Math.max(...a.map((value, index) => Math.abs(value - b[index]!)));
}

const luminance = (view: Float32Array, pixel: number): number =>
  0.2989 * view[pixel]! + 0.587 * view[4 + pixel]! + 0.114 * view[8 + pixel]!;

describe('colour', () => {
  it('of factor 1 and turn 0 stays as it is, within rounding', () => {
    fc.assert(
      fc.property(views, (view) => {
        for (const change of [
          (copy: Float32Array) => brighten(copy, 1),
          (copy: Float32Array) => changeContrast(copy, 1, 3),
          (copy: Float32Array) => saturate(copy, 1),
          (copy: Float32Array) => turnHue(copy, 0),
        ]) {
          expect(largestDifference(after(view, change), view)).toBeLessThan(1e-6);
        }
      }),
    );
  });

  it('turned and turned back has its hue again', () => {
    fc.assert(
      fc.property(views, fc.float({ min: -0.5, max: 0.5, noNaN: true }), (view, turn) => {
        const back = after(view, (copy) => {
          turnHue(copy, turn);
          turnHue(copy, -turn);
        });
        expect(largestDifference(back, view)).toBeLessThan(1e-5);
      }),
    );
  });

  it('turned by a third of the circle moves red to green, green to blue, blue to red', () => {
    const pure = Float32Array.of(1, 0, 0, 0.5, 0, 1, 0, 0.5, 0, 0, 1, 0.5);
    const turned = after(pure, (copy) => turnHue(copy, 1 / 3));
    const expected = Float32Array.of(0, 0, 1, 0.5, 1, 0, 0, 0.5, 0, 1, 0, 0.5);
    expect(largestDifference(turned, expected)).toBeLessThan(1e-6);
  });

  it('turned in hue keeps the largest and smallest channel of every pixel', () => {
    fc.assert(
      fc.property(views, fc.float({ min: -0.5, max: 0.5, noNaN: true }), (view, turn) => {
        const turned = after(view, (copy) => turnHue(copy, turn));
        for (const pixel of [0, 1, 2, 3]) {
          const of = (image: Float32Array) => [0, 4, 8].map((plane) => image[plane + pixel]!);
          expect(Math.max(...of(turned))).toBeCloseTo(Math.max(...of(view)), 5);
          expect(Math.min(...of(turned))).toBeCloseTo(Math.min(...of(view)), 5);
        }
      }),
    );
  });

  it('made grey has each pixel’s luminance in all planes, and no hue or saturation to change', () => {
    fc.assert(
      fc.property(views, (view) => {
        const grey = after(view, makeGrey);
        for (const pixel of [0, 1, 2, 3]) {
          for (const plane of [0, 4, 8]) {
            expect(grey[plane + pixel]).toBeCloseTo(Math.min(1, luminance(view, pixel)), 5);
          }
        }
        expect(
          largestDifference(
            after(grey, (copy) => turnHue(copy, 0.3)),
            grey,
          ),
        ).toBeLessThan(1e-4);
        expect(
          largestDifference(
            after(grey, (copy) => saturate(copy, 1.7)),
            grey,
          ),
        ).toBeLessThan(2e-4);
      }),
    );
  });

  it('of factor 0 is black, or even: the mean luminance', () => {
    const view = Float32Array.from({ length: 12 }, (_, i) => i / 12);
    expect([...after(view, (copy) => brighten(copy, 0))]).toEqual(new Array(12).fill(0));
    const mean = [0, 1, 2, 3].reduce((sum, pixel) => sum + luminance(view, pixel), 0) / 4;
    for (const value of after(view, (copy) => changeContrast(copy, 0, 3))) {
      expect(value).toBeCloseTo(mean, 6);
    }
  });
});
