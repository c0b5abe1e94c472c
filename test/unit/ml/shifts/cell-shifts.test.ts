// Shifts that stay near the specimen: what each keeps.

import { describe, expect, it } from 'vitest';
import { cellMask } from '#ml/shifts/cell-mask.ts';
import {
  discView,
  evenView,
  manySeeds,
  meanChange,
  noiseView,
  shifted,
  size,
  sorted,
} from './shift-views.ts';

const plane = size * size;
const shape = { channels: 3, size };

/** A disc whose pixels differ from each other, on an even ground. */
function grainyDisc(x: number, y: number, seed: number): Float32Array {
  const noise = noiseView(seed, 3);
  return discView(x, y).map((value, at) => (value < 0.5 ? 0.1 + 0.3 * noise[at]! : value));
}

/** The colours of the pixels, as texts. */
const colours = (view: Float32Array): string[] =>
  Array.from({ length: plane }, (_, pixel) =>
    [0, 1, 2].map((channel) => view[channel * plane + pixel]).join(' '),
  );

describe('the mask of a cell', () => {
  it('is the disc, of a dark one on a bright ground and the other way round', () => {
    for (const view of [discView(7, 8), discView(7, 8).map((value) => 1 - value)]) {
      const { pixels, isInside } = cellMask(view, shape);
      const inside = [...Array(plane).keys()].filter(
        (pixel) => Math.hypot((pixel % size) - 7, Math.floor(pixel / size) - 8) < 3.7,
      );
      expect(pixels).toEqual(inside);
      expect(inside.every(isInside)).toBe(true);
      expect(isInside(0)).toBe(false);
    }
  });

  it('is the whole picture where nothing stands out', () => {
    expect(cellMask(evenView(0.4), shape).pixels.length).toBe(plane);
  });
});

describe('mix inside the cell', () => {
  it('changes pixels of the cell alone, and takes them from the cell of the partner', () => {
    const [view, partner] = [grainyDisc(6, 9, 1), grainyDisc(9, 6, 2)];
    const theirs = new Set(colours(partner).filter((_, pixel) => partner[pixel]! < 0.5));
    for (const seed of manySeeds) {
      const result = shifted('own-cell-mix', view, partner, 0.5, seed);
      const [before, after] = [colours(view), colours(result)];
      const changed = after.flatMap((colour, pixel) => (colour === before[pixel] ? [] : [pixel]));
      const inside = new Set(cellMask(view, shape).pixels);
      expect(changed.length).toBeGreaterThanOrEqual(0.25 * inside.size);
      expect(changed.length).toBeLessThanOrEqual(0.62 * inside.size);
      for (const pixel of changed) {
        expect(inside.has(pixel)).toBe(true);
        expect(theirs.has(after[pixel]!)).toBe(true);
      }
    }
  });
});

describe('other texture', () => {
  it('keeps every colour as often as it was', () => {
    const view = grainyDisc(6, 9, 3);
    for (const strength of [0, 0.5, 1]) {
      const result = shifted('texture-swap', view, grainyDisc(9, 6, 4), strength, 1);
      expect(colours(result).sort()).toEqual(colours(view).sort());
      expect(sorted(result)).toEqual(sorted(view));
      expect(result).not.toEqual(view);
    }
  });

  it('keeps the coarse picture: the disc stays where it is', () => {
    const view = grainyDisc(6, 9, 3);
    const result = shifted('texture-swap', view, grainyDisc(9, 6, 4), 0, 1);
    const isDark = (picture: Float32Array, pixel: number) => picture[pixel]! < 0.5;
    const kept = [...Array(plane).keys()].filter(
      (pixel) => isDark(view, pixel) === isDark(result, pixel),
    );
    expect(kept.length / plane).toBeGreaterThan(0.8);
  });
});

describe('the stain of another image', () => {
  /** Mean optical density of the disc, by channel. */
  const densities = (view: Float32Array): number[] =>
    [0, 1, 2].map((channel) => {
      const { pixels } = cellMask(view, shape);
      const sum = pixels.reduce((all, pixel) => all - Math.log(view[channel * plane + pixel]!), 0);
      return sum / pixels.length;
    });
  const paler = (view: Float32Array) => view.map((value) => value ** 0.6);

  it('moves the density of the cell to that of the partner at strength 0.5, and beyond it at 1', () => {
    const view = discView(6, 9);
    const partner = paler(view);
    const [own, wanted] = [densities(view)[0]!, densities(partner)[0]!];
    const after = (strength: number) =>
      densities(shifted('stain-transfer', view, partner, strength, 1))[0]!;
    expect(after(0.5)).toBeCloseTo(wanted, 4);
    expect(after(0)).toBeCloseTo(Math.sqrt(own * wanted), 4);
    expect(after(1)).toBeCloseTo(wanted * Math.sqrt(wanted / own), 4);
  });

  it('shows as well where both are stained alike', () => {
    const view = discView(6, 9);
    for (const seed of manySeeds) {
      expect(meanChange(shifted('stain-transfer', view, view, 0, seed), view)).toBeGreaterThan(
        0.01,
      );
    }
  });

  it('leaves a white and a black ground as they are', () => {
    const white = discView(6, 9).map((value) => (value > 0.5 ? 1 : value));
    const black = white.map((value) => 1 - value);
    for (const view of [white, black]) {
      const result = shifted(
        'stain-transfer',
        view,
        view.map((value) => value ** 0.8),
        0.5,
        2,
      );
      expect(result[0]).toBeCloseTo(view[0]!, 6);
      expect(meanChange(result, view)).toBeGreaterThan(0.01);
    }
  });
});
