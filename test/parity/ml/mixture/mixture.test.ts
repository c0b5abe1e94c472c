// The variational mixture against scikit-learn's BayesianGaussianMixture, as record.py recorded it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digamma, logGamma } from '#ml/clusters/gamma-functions.ts';
import { expectation, lowerBound, maximise, priorOf } from '#ml/clusters/variational-mixture.ts';

interface Recorded {
  readonly gamma: readonly { x: number; log: number; digamma: number }[];
  readonly mixtures: readonly {
    readonly d: number;
    readonly components: number;
    /** [count, d] */
    readonly points: number[];
    /** [count, components] */
    readonly start: number[];
    readonly steps: number;
    readonly bounds: number[];
    readonly concentrations: number[];
    readonly meanPrecisions: number[];
    readonly freedoms: number[];
    readonly means: number[][];
    readonly covariances: number[][];
    readonly responsibilities: number[];
  }[];
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8'),
) as Recorded;

/** To 1e-9 of their size, or absolutely below 1. */
function expectNear(own: ArrayLike<number>, theirs: readonly number[]): void {
  expect(own.length).toBe(theirs.length);
  const apart = theirs.map((value, i) => Math.abs(own[i]! - value) / Math.max(1, Math.abs(value)));
  expect(Math.max(...apart)).toBeLessThan(1e-9);
}

describe('the gamma functions', () => {
  it('are those of SciPy', () => {
    expectNear(
      recorded.gamma.map(({ x }) => logGamma(x)),
      recorded.gamma.map(({ log }) => log),
    );
    expectNear(
      recorded.gamma.map(({ x }) => digamma(x)),
      recorded.gamma.map((one) => one.digamma),
    );
  });
});

describe('the mixture', () => {
  it.each(recorded.mixtures)(
    'of $components components in $d dimensions is scikit-learn’s',
    (one) => {
      const { d, components, steps, bounds } = one;
      const points = Float64Array.from(one.points);
      const prior = priorOf(points, d, components);
      let mixture = maximise(points, d, Float64Array.from(one.start), components, prior);
      const own: number[] = [];
      for (let step = 0; step < steps; step++) {
        const responsibilities = expectation(points, mixture);
        mixture = maximise(points, d, responsibilities, components, prior);
        own.push(lowerBound(mixture, responsibilities));
      }
      expectNear(own, bounds);
      const all = mixture.components;
      expectNear(
        all.map(({ concentration }) => concentration),
        one.concentrations,
      );
      expectNear(
        all.map(({ meanPrecision }) => meanPrecision),
        one.meanPrecisions,
      );
      expectNear(
        all.map(({ freedom }) => freedom),
        one.freedoms,
      );
      all.forEach(({ mean, factor }, k) => {
        expectNear(mean, one.means[k]!);
        expectNear(product(factor, d), one.covariances[k]!);
      });
      expectNear(expectation(points, mixture), one.responsibilities);
    },
  );
});

/** L·Lᵀ */
function product(factor: Float64Array, d: number): Float64Array {
  return Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    let sum = 0;
    for (let k = 0; k < d; k++) sum += factor[i * d + k]! * factor[j * d + k]!;
    return sum;
  });
}
