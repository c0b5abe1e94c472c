// What single shifts do, and what their own parameters change.

import { describe, expect, it } from 'vitest';
import { shiftNames, shiftTable, type ShiftName } from '#domain/shift-table.ts';
import {
  bitsOf,
  changedBox,
  discView,
  evenView,
  manySeeds,
  meanChange,
  noiseView,
  shifted,
  size,
} from './shift-views.ts';

describe('by name', () => {
  const view = noiseView(1, 3);
  const partner = noiseView(2, 3);
  const outcomes = (name: ShiftName, strength: number): Set<string> =>
    new Set(manySeeds.map((seed) => bitsOf(shifted(name, view, partner, strength, seed))));

  it('stitch takes one whole side from the partner', () => {
    for (const seed of manySeeds) {
      const box = changedBox(view, shifted('stitch', view, partner, 0.5, seed));
      expect(Math.max(box.width, box.height)).toBe(size);
      const depth = Math.min(box.width, box.height);
      expect(depth).toBeGreaterThanOrEqual(Math.floor(0.32 * size));
      expect(depth).toBeLessThanOrEqual(Math.floor(0.48 * size));
      expect([0, size - depth]).toContain(box.width === size ? box.top : box.left);
    }
  });

  it('missing half shows the colour of the border on one side and nothing else', () => {
    const disc = discView(7.5, 7.5);
    for (const seed of manySeeds) {
      const result = shifted('missing-half', disc, disc, 0.5, seed);
      const dark = (image: Float32Array): number => image.filter((value) => value < 0.5).length;
      expect(dark(result)).toBeLessThan(0.9 * dark(disc));
      expect(dark(result)).toBeGreaterThan(0.2 * dark(disc));
      const odd = result.filter((value, at) => value !== disc[at] && value !== Math.fround(0.8));
      expect([...odd]).toEqual([]);
    }
  });

  it('channel swap gives one of the five other orders, and of grey pictures the negative', () => {
    const whole = [...outcomes('channel-swap', 1)];
    expect(whole.length).toBe(5);
    const grey = evenView(0.3);
    const negative = shifted('channel-swap', grey, grey, 1, 1);
    expect(negative[0]).toBeCloseTo(0.7, 6);
  });

  it('gamma follows its direction, and goes both ways without one', () => {
    const grey = evenView(0.5);
    const at = (towards: number): number[] =>
      manySeeds.map((seed) => shifted('gamma', grey, grey, 0.5, seed, { towards })[0]!);
    expect(Math.max(...at(1))).toBeLessThan(0.4);
    expect(Math.min(...at(-1))).toBeGreaterThan(0.6);
    const darker = at(0).filter((value) => value < 0.5).length;
    expect(Math.abs(darker - 100)).toBeLessThan(4 * Math.sqrt(50));
  });

  it('noise without colour is the same in every channel, and as strong', () => {
    const grey = evenView(0.5);
    const result = shifted('noise', grey, grey, 0.5, 3, { colour: 0 });
    for (let i = 0; i < 256; i++) {
      expect(result[256 + i]).toBeCloseTo(result[i]!, 6);
      expect(result[512 + i]).toBeCloseTo(result[i]!, 6);
    }
    const coloured = shifted('noise', grey, grey, 0.5, 3, { colour: 1 });
    expect(coloured[256]).not.toBeCloseTo(coloured[0]!, 3);
  });

  it('uneven light darkens only the corners when set to', () => {
    const white = evenView(1);
    const result = shifted('uneven-light', white, white, 0.5, 1, { corners: 1 });
    expect(result[8 * size + 8]).toBeGreaterThan(0.99);
    for (const corner of [0, 15, 240, 255]) expect(result[corner]).toBeLessThan(0.62);
  });

  it('swirl without waves leaves far corners alone and moves what is near its centre', () => {
    let still = 0;
    for (const seed of manySeeds) {
      const result = shifted('swirl', view, view, 0, seed, { waves: 0 });
      still += [0, 15, 240, 255].filter((corner) => result[corner] === view[corner]).length;
    }
    expect(still).toBeGreaterThan(2 * manySeeds.length);
  });

  it('sharpening rings overshoot on both sides of an edge', () => {
    const edge = evenView(0.4, 1).map((_, at) => (at % size < 8 ? 0.4 : 0.6));
    const result = shifted('sharpen-ring', edge, edge, 0.5, 1);
    const row = result.subarray(8 * size, 9 * size);
    expect(row[7]).toBeLessThan(0.35);
    expect(row[8]).toBeGreaterThan(0.65);
    expect(row[0]).toBeCloseTo(0.4, 2);
  });

  it('jpeg keeps the mean of every block but for one step, and of grain not all frequencies', () => {
    const grain = noiseView(4, 1);
    for (const strength of [0, 1]) {
      const result = shifted('jpeg', grain, view, strength, 2);
      for (const [top, left] of [
        [0, 0],
        [0, 8],
        [8, 0],
        [8, 8],
      ] as const) {
        const mean = (image: Float32Array): number => {
          const inside = image.filter((_, at) => {
            const [row, column] = [Math.floor(at / size) - top, (at % size) - left];
            return row >= 0 && row < 8 && column >= 0 && column < 8;
          });
          return inside.reduce((sum, value) => sum + value) / 64;
        };
        // Half a step of the constant part, an eighth of it a pixel; clipping moves the mean too.
        expect(Math.abs(mean(result) - mean(grain))).toBeLessThan(255 / 16 / 255 + 0.03);
      }
      expect(meanChange(result, grain)).toBeGreaterThan(strength === 0 ? 0.05 : 0.1);
    }
  });

  it('dust lies on less than half of the picture, and can be specks or fibres alone', () => {
    const white = evenView(1, 1);
    const covered = (parameters: Readonly<Record<string, number>>): number[] =>
      manySeeds.map(
        (seed) =>
          shifted('dust', white, white, 0.5, seed, parameters).filter((v) => v < 0.99).length,
      );
    for (const parameters of [
      { specks: 0, fibres: 4 },
      { specks: 12, fibres: 0 },
    ]) {
      const counts = covered(parameters);
      expect(Math.min(...counts)).toBeGreaterThan(0);
      expect(counts.reduce((a, b) => a + b) / counts.length).toBeLessThan(128);
    }
    expect(Math.min(...covered({ specks: 0, fibres: 0 }))).toBeGreaterThan(0);
  });

  it.each(shiftNames)('%s obeys its parameters at both ends of their ranges', (name) => {
    for (const [key, { min, max }] of Object.entries(shiftTable[name].parameters)) {
      const ends = [min, max].map((value) =>
        manySeeds.slice(0, 40).map((seed) => {
          const result = shifted(name, view, partner, 0.5, seed, { [key]: value });
          expect(result.every((v) => v >= 0 && v <= 1)).toBe(true);
          expect(bitsOf(result)).not.toBe(bitsOf(view));
          return bitsOf(result);
        }),
      );
      expect(ends[0]).not.toEqual(ends[1]);
    }
  });
});
