import { expect, test } from 'vitest';
import { RandomStream, purpose } from '#domain/random.ts';
import { plainView } from '#ml/augment/view.ts';
import { baselineRows, baselineScore, joinedRows } from '#ml/baseline.ts';
import type { PixelSet } from '#ml/pixels.ts';

function noise(count: number, seed: number, channels: 1 | 3 = 3): PixelSet {
  const stream = new RandomStream(seed, purpose.sample);
  const length = count * 20 * 20 * channels;
  return {
    ...{ count, height: 20, width: 20, channels },
    window: Array.from({ length: channels }, () => [10, 250] as const),
    // Each image of its own brightness, so that distances differ.
    pixels: Uint8Array.from({ length }, (_, i) => {
      const image = Math.floor((i * count) / length);
      return Math.min(255, stream.integer(80) + 12 * (image % 17));
    }),
  };
}

/** The definition, written out: thumbnails and histograms, all distances, the five smallest. */
function slowScores(normals: PixelSet, images: PixelSet): number[] {
  const describe = (set: PixelSet, index: number): number[] => {
    const thumbnail = new Float32Array(set.channels * 256);
    plainView(set, index, 16, thumbnail, 0);
    const whole = new Float32Array(set.channels * 400);
    plainView(set, index, 20, whole, 0);
    const shares: number[] = [];
    for (let channel = 0; channel < set.channels; channel++) {
      const values = [...whole.subarray(channel * 400, (channel + 1) * 400)];
      for (let bin = 0; bin < 16; bin++) {
        const inside = values.filter((value) => Math.min(15, Math.floor(value * 16)) === bin);
        shares.push(inside.length / 400);
      }
    }
    return [...[...thumbnail].map((value) => value / Math.sqrt(thumbnail.length)), ...shares];
  };
  const rows = (set: PixelSet) => Array.from({ length: set.count }, (_, i) => describe(set, i));
  const bank = rows(normals);
  return rows(images).map((row) => {
    const distances = bank.map((other) => Math.hypot(...row.map((value, i) => value - other[i]!)));
    const few = distances.sort((a, b) => a - b).slice(0, 5);
    return few.reduce((sum, distance) => sum + distance, 0) / few.length;
  });
}

function scores(normals: PixelSet, images: PixelSet): number[] {
  const bank = joinedRows([...baselineRows(normals)]);
  return [...baselineRows(images)].map((row) => baselineScore(row, bank));
}

test.each([1, 3] as const)('scores are as defined, %i channels', (channels) => {
  const [normals, images] = [noise(40, 1, channels), noise(30, 2, channels)];
  const [fast, slow] = [scores(normals, images), slowScores(normals, images)];
  fast.forEach((score, i) => expect(score).toBeCloseTo(slow[i]!, 5));
  expect(new Set(fast.map((score) => score.toFixed(6))).size).toBeGreaterThan(20);
});

test('fewer normals than neighbours are all taken', () => {
  const [normals, images] = [noise(3, 1), noise(4, 2)];
  const slow = slowScores(normals, images);
  scores(normals, images).forEach((score, i) => expect(score).toBeCloseTo(slow[i]!, 5));
});

test('an image of the normals itself is the less strange the more copies there are', () => {
  const normals = noise(20, 1);
  const [self] = scores(normals, normals);
  const copies: PixelSet = { ...normals, count: 5, pixels: normals.pixels.slice(0, 1200).slice() };
  const five = {
    ...copies,
    pixels: Uint8Array.from({ length: 6000 }, (_, i) => copies.pixels[i % 1200]!),
  };
  expect(scores(five, normals)[0]).toBe(0);
  expect(self).toBeGreaterThan(0);
});
