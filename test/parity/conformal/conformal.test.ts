// Formulas of flags with a guarantee against nonconform, scipy and statsmodels, by numbers that record.py
// has recorded.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { falseAlarmCertificate } from '#domain/metrics/certificate.ts';
import { conformalPValues, weightedPValues } from '#domain/metrics/conformal.ts';
import { benjaminiHochberg, storeyNormalShare } from '#domain/metrics/false-discovery.ts';
import { onlinePValues } from '#domain/metrics/online-p-values.ts';
import { TestMartingale, type Bet } from '#domain/metrics/test-martingale.ts';

interface Recorded {
  readonly lists: readonly {
    readonly heldOut: readonly number[];
    readonly scores: readonly number[];
    /** Of the held-out normals, and of the images. */
    readonly weights: readonly number[];
    readonly own: readonly number[];
    readonly pValues: readonly number[];
    readonly weighted: readonly number[];
    readonly adjusted: readonly number[];
    readonly normalShare: number;
    readonly storey: readonly number[];
  }[];
  readonly certificates: readonly {
    readonly above: number;
    readonly heldOut: number;
    readonly between95: readonly [number, number];
    readonly atMost95: number;
  }[];
  readonly streams: readonly {
    readonly heldOut: readonly number[];
    readonly stream: readonly number[];
    readonly uniform: readonly number[];
    readonly pValues: readonly number[];
    readonly jumper: { readonly jump: number; readonly fortunes: readonly number[] };
    readonly power: { readonly epsilons: readonly number[]; readonly fortunes: readonly number[] };
  }[];
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8'),
) as Recorded;

/** Largest difference, relative for values above 1; Infinity when the lengths differ. */
function apart(found: ArrayLike<number>, wanted: readonly number[]): number {
  if (found.length !== wanted.length) return Infinity;
  return Math.max(...wanted.map((value, i) => Math.abs(found[i]! - value) / Math.max(1, value)));
}

const withWeights = (scores: readonly number[], weights: readonly number[]) =>
  scores.map((score, i) => ({ score, weight: weights[i]! }));

describe.each(recorded.lists)('of $heldOut.length normals and $scores.length images', (list) => {
  const { heldOut, scores, weights, own } = list;

  it('p-values are those of nonconform, with and without weights', () => {
    expect(apart(conformalPValues(heldOut, scores), list.pValues)).toBeLessThan(1e-9);
    const weighted = weightedPValues(withWeights(heldOut, weights), withWeights(scores, own));
    expect(apart(weighted, list.weighted)).toBeLessThan(1e-9);
  });

  it('adjusted p-values are those of scipy, with the share of normals of nonconform', () => {
    const pValues = Float64Array.from(list.pValues);
    const adjusted = benjaminiHochberg(pValues);
    expect(apart(adjusted, list.adjusted)).toBeLessThan(1e-9);
    const share = storeyNormalShare(pValues, heldOut.length);
    expect(apart([share], [list.normalShare])).toBeLessThan(1e-9);
    const storey = adjusted.map((value) => Math.min(1, share * value));
    expect(apart(storey, list.storey)).toBeLessThan(1e-9);
  });
});

it.each(recorded.certificates)(
  'the certificate of $above above in $heldOut is that of statsmodels',
  ({ above, heldOut, between95, atMost95 }) => {
    const normals = Array.from({ length: heldOut }, (_, i) => (i < above ? 2 : 1));
    const found = falseAlarmCertificate(normals, 1);
    expect(apart(found.between95, between95)).toBeLessThan(1e-9);
    expect(apart([found.atMost95], [atMost95])).toBeLessThan(1e-9);
  },
);

describe.each(recorded.streams)('of a stream of $stream.length images', (recordedStream) => {
  const { heldOut, stream, uniform, pValues, jumper, power } = recordedStream;
  const fortunes = (bets: readonly Bet[], jump: number) => {
    const martingale = new TestMartingale(bets);
    return pValues.map((p) => martingale.take(p, jump));
  };

  it('p-values are the sequential ranks of nonconform', () => {
    const draws = uniform.values();
    const found = onlinePValues(heldOut, stream, () => draws.next().value!);
    expect(apart(found, pValues)).toBeLessThan(1e-9);
  });

  it('the martingale is its simple jumper, and its mixture of powers', () => {
    const bets = [-1, 0, 1].map((epsilon) => (p: number) => 1 + epsilon * (p - 0.5));
    expect(apart(fortunes(bets, jumper.jump), jumper.fortunes)).toBeLessThan(1e-9);
    const powers = power.epsilons.map((e) => (p: number) => e * p ** (e - 1));
    expect(apart(fortunes(powers, 0), power.fortunes)).toBeLessThan(1e-9);
  });
});
