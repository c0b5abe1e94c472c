// Heat maps: distances of positions, their scale, and maps of different size as one.

import { describe, expect, it } from 'vitest';
import { RandomStream } from '#domain/random.ts';
import {
  joinedGrid,
  onScale,
  PatchCollector,
  scaledStatistics,
  sectionGrids,
} from '#ml/heat-map/patch-distance.ts';
import { describeMaps, middleStages, type StageMap } from '#ml/heat-map/stage-maps.ts';
import { resolveSettings } from '#domain/run-settings.ts';

const channels = 5;

/** Correlated normal values: channel i is the sum of i + 1 draws. */
function normalMap(index: number, side: number): StageMap {
  const stream = new RandomStream(index, 950, side);
  const values = new Float32Array(channels * side * side);
  for (let position = 0; position < side * side; position++) {
    let sum = 0;
    for (let i = 0; i < channels; i++) {
      sum += stream.normal();
      values[i * side * side + position] = sum;
    }
  }
  return { channels, height: side, width: side, values };
}

function imageOf(index: number): StageMap[] {
  return [normalMap(index, 8), normalMap(index, 4)];
}

function fitted() {
  const collector = new PatchCollector();
  for (let index = 0; index < 100; index++) collector.add(imageOf(index));
  const sections = collector.fit();
  const held = Array.from({ length: 200 }, (_, index) =>
    sectionGrids(imageOf(1000 + index), sections),
  );
  return scaledStatistics(sections, held);
}

describe('patch distances', () => {
  const { sections, usual, scale } = fitted();

  it('are Mahalanobis distances: χ with as many degrees of freedom as channels', () => {
    const squares = Array.from({ length: 100 }, (_, index) =>
      [...sectionGrids(imageOf(5000 + index), sections)[0]!.values].map((value) => value ** 2),
    ).flat();
    const mean = squares.reduce((sum, value) => sum + value, 0) / squares.length;
    expect(mean).toBeGreaterThan(0.95 * channels);
    expect(mean).toBeLessThan(1.05 * channels);
  });

  it('are on a scale from the median to the 99.9 % quantile of other normals', () => {
    const values = Array.from({ length: 300 }, (_, index) => {
      const grids = sectionGrids(imageOf(9000 + index), sections);
      return [...onScale(joinedGrid(grids, usual), scale).values];
    }).flat();
    const share = (limit: number) => values.filter((value) => value > limit).length / values.length;
    expect(share(0)).toBeGreaterThan(0.47);
    expect(share(0)).toBeLessThan(0.53);
    expect(share(1)).toBeLessThan(0.003);
  });

  it('find the position that breaks the correlation of channels', () => {
    const maps = imageOf(77);
    // Each channel alone is usual.
    [1.5, -1.5, 1.5, -1.5, 1.5].forEach((value, i) => (maps[0]!.values[64 * i + 19] = value));
    const { values } = onScale(joinedGrid(sectionGrids(maps, sections), usual), scale);
    expect(values.indexOf(Math.max(...values))).toBe(19);
    expect(values[19]).toBeGreaterThan(1);
  });

  it('of sections of different size are averaged on the finest grid', () => {
    const fine = { height: 4, width: 4, values: new Float32Array(16).fill(2) };
    const coarse = { height: 2, width: 2, values: Float32Array.of(0, 8, 0, 8) };
    const { values, height, width } = joinedGrid([fine, coarse], Float64Array.of(2, 4));
    expect([height, width]).toEqual([4, 4]);
    // Centres of the coarse positions lie between those of the fine ones.
    expect([...values.subarray(0, 4)]).toEqual([0.5, 0.75, 1.25, 1.5]);
  });
});

describe('the stages of a heat map', () => {
  it('are the middle ones', () => {
    expect(middleStages(['a', 'b', 'c', 'd'])).toEqual(['b', 'c']);
    expect(middleStages(['a', 'b'])).toEqual(['a', 'b']);
    const settings = resolveSettings({
      ...{ preset: 'quick', specimen: 'stained', method: 'simclr' },
      overrides: { network: 'conv4', width: 4, inputSize: 32 },
    });
    expect(describeMaps(settings, 3).maps.map(({ shape }) => shape)).toEqual([
      [1, 8, 8, 8],
      [1, 16, 4, 4],
    ]);
  });
});
