// The study's figures: which images an AUROC compares, and means with their spread over seeds.

import { describe, expect, it } from 'vitest';
import { askedOf, summaryOf, tableOf, type StudyFigure } from '#bench/study/figures.ts';
import {
  byStage,
  crossFitted,
  distancesOf,
  softMaximum,
  standardised,
  summed,
} from '#bench/study/read-outs.ts';
import { joinedStages, ofImages, stageOf } from '#bench/study/features.ts';
import { RandomStream } from '#domain/random.ts';

describe('askedOf', () => {
  it('compares normals and anomalies of a part with each other alone', () => {
    const asked = askedOf({
      train: [0],
      ...{ validNormals: [1, 2], validAnomalies: [3], testNormals: [4], testAnomalies: [5, 6] },
    });
    expect(asked.indices).toEqual([1, 2, 3, 4, 5, 6]);
    // Validation: 3 is above 1 and below 2; test: 4 is below 5 and above 6.
    expect(asked.figures([0, 9, 5, 2, 3, 1])).toEqual({ valid: 0.5, test: 0.5 });
    expect(asked.figures([0, 1, 5, 2, 3, 4])).toEqual({ valid: 1, test: 1 });
  });
});

function figure(normal: string, seed: number, method: string, test: number): StudyFigure {
  return { set: 's', normal, seed, method, score: 'sum', valid: 0, test };
}

describe('summaryOf', () => {
  it('is the mean over types, and the deviation over seeds of that mean', () => {
    const figures = [figure('a', 0, 'm', 0.8), figure('b', 0, 'm', 0.9), figure('a', 1, 'm', 0.95)];
    const { mean, spread } = summaryOf(figures, 'test');
    expect(mean).toBeCloseTo(0.9, 12);
    expect(spread).toBeCloseTo(Math.sqrt(2 * 0.05 ** 2), 12);
    expect(summaryOf(figures.slice(0, 1), 'test').spread).toBe(0);
  });
});

describe('tableOf', () => {
  it('has a row a method, and a dash where there is no figure', () => {
    const figures = [figure('a', 0, 'm', 0.8), { ...figure('a', 0, 'n', 0.5), score: 's24' }];
    const table = tableOf(figures, 'test');
    expect(table[2]).toBe('| m | 0.800 ± 0.000 | – |');
    expect(table[3]).toBe('| n | – | 0.500 ± 0.000 |');
  });
});

describe('the distances of a read-out', () => {
  const stream = new RandomStream(0, 0);
  const count = 60;
  /** Two stages: one mean and one deviation, then two of each. */
  const values = Float32Array.from({ length: count * 6 }, () => stream.normal());
  // The last image is far out in the deviation of the first stage.
  values[(count - 1) * 6 + 1] = 40;
  const features = { turned: values, upright: values.slice(), lengths: [2, 4] };
  const encoded = [{ plain: features, weak: [features] }];
  const train = Array.from({ length: count - 10 }, (_, index) => index);
  const asked = [count - 2, count - 1];
  const recipe = { view: 'turned', blocks: 'stage', weak: 0 } as const;

  it('has a block a stage, or one for means and one for deviations', () => {
    expect(distancesOf(encoded, train, asked, recipe).stages).toEqual([0, 1]);
    const parts = distancesOf(encoded, train, asked, { ...recipe, blocks: 'parts' });
    expect(parts.stages).toEqual([0, 0, 1, 1]);
    expect(parts.rows[1]![1]! - parts.rows[0]![1]!).toBeGreaterThan(3);
    expect(summed(parts, (stage) => stage === 0)[1]).toBe(parts.rows[1]![0]! + parts.rows[1]![1]!);
  });

  it('sees no deviations where means alone are asked for', () => {
    const whole = distancesOf(encoded, train, asked, recipe);
    const means = distancesOf(encoded, train, asked, { ...recipe, blocks: 'means' });
    expect(whole.rows[1]![0]! - whole.rows[0]![0]!).toBeGreaterThan(3);
    expect(means.rows[1]![0]!).toBeLessThan(whole.rows[1]![0]! - 3);
  });

  it('fits on copies of the normals as well', () => {
    const twice = distancesOf(encoded, train, asked, { ...recipe, weak: 1 });
    const once = distancesOf(encoded, train, asked, recipe);
    // The same rows twice: the covariance stays, its shrinkage is less.
    expect(twice.rows[0]![1]).toBeCloseTo(once.rows[0]![1]!, 0);
    expect(twice.rows[0]![1]).not.toBe(once.rows[0]![1]);
  });

  it('is standardised by normals that were not fitted on', () => {
    const spread = crossFitted(encoded, train, recipe);
    const even = standardised(distancesOf(encoded, train, train, recipe), spread);
    const first = even.rows.map((row) => row[0]!);
    expect(Math.abs(first.reduce((sum, value) => sum + value, 0) / first.length)).toBeLessThan(0.3);
    const far = standardised(distancesOf(encoded, train, asked, recipe), spread);
    expect(far.rows[1]![0]!).toBeGreaterThan(2);
  });
});

describe('stages', () => {
  const one = { upright: Float32Array.of(1, 2, 3, 4), turned: Float32Array.of(5, 6, 7, 8) };
  const two = { upright: Float32Array.of(10, 20, 30, 40), turned: Float32Array.of(50, 60, 70, 80) };

  it('are joined over channels, and cut out, image by image', () => {
    const both = joinedStages([
      { ...one, lengths: [1, 1] },
      { ...two, lengths: [1, 1] },
    ]);
    expect([...both.upright]).toEqual([1, 10, 2, 20, 3, 30, 4, 40]);
    expect(both.lengths).toEqual([2, 2]);
    expect([...stageOf(both, 1).turned]).toEqual([6, 60, 8, 80]);
    expect([...ofImages(both, [1]).upright]).toEqual([3, 30, 4, 40]);
  });
});

describe('joining stages', () => {
  it('adds the channels of a stage, and takes a soft maximum over stages', () => {
    const channels = { stages: [0, 1, 0, 1], rows: [[1, 2, 3, -4]] };
    const joined = byStage(channels);
    expect(joined).toEqual({ stages: [0, 1], rows: [[4, -2]] });
    expect(softMaximum(joined)[0]).toBeCloseTo(Math.log(Math.exp(4) + Math.exp(-2)), 12);
    expect(softMaximum({ stages: [0, 1], rows: [[900, 0]] })).toEqual([900]);
  });
});
