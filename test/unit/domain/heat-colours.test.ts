import { describe, expect, it } from 'vitest';
import { heatColour, heatPixels } from '#domain/heat-colours.ts';

/** Relative luminance (WCAG 2). */
function luminance([red, green, blue]: readonly number[]): number {
  const linear = (value: number) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red!) + 0.7152 * linear(green!) + 0.0722 * linear(blue!);
}

describe('the colours of a heat map', () => {
  it('are nothing for what is usual, full from 1 on, and get darker and denser between', () => {
    expect(heatColour(-3)[3]).toBe(0);
    expect(heatColour(0)[3]).toBe(0);
    expect(heatColour(1)).toEqual(heatColour(7));
    expect(heatColour(1)[3]).toBe(1);
    const steps = Array.from({ length: 21 }, (_, i) => heatColour(i / 20));
    for (const [i, step] of steps.entries()) {
      if (i === 0) continue;
      expect(step[3]).toBeGreaterThan(steps[i - 1]![3]);
      expect(luminance(step)).toBeLessThan(luminance(steps[i - 1]!));
    }
  });

  it('are interpolated between the centres of positions, and held at the edges', () => {
    const pixels = heatPixels({ columns: 2, rows: 1, values: [0, 1] }, 8, 2, 1);
    const opacities = Array.from({ length: 8 }, (_, x) => pixels[4 * x + 3]!);
    expect(opacities.slice(0, 2)).toEqual([0, 0]);
    expect(opacities.slice(6)).toEqual([255, 255]);
    for (let x = 2; x < 6; x++) expect(opacities[x]).toBeGreaterThan(opacities[x - 1]!);
    expect([...pixels.subarray(0, 32)]).toEqual([...pixels.subarray(32)]);
    const half = heatPixels({ columns: 2, rows: 1, values: [1, 1] }, 1, 1, 0.5);
    expect(half[3]).toBe(128);
  });
});
