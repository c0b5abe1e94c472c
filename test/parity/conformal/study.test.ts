// Do the guarantees hold on real images? Scores of three sets by frozen features (scores.json, made by
// record_scores.py), split 200 times into held-out and tested normals.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conformalPValues } from '#domain/metrics/conformal.ts';
import { driftAlarm } from '#domain/metrics/drift.ts';
import { benjaminiHochberg, storeyNormalShare } from '#domain/metrics/false-discovery.ts';
import { calibrateThreshold } from '#domain/metrics/threshold.ts';
import { purpose, RandomStream } from '#domain/random.ts';

interface Scores {
  readonly normals: readonly number[];
  readonly anomalies: readonly number[];
}
type Sets = Record<'pbc8' | 'mitocheck' | 'jurkat', Scores> & {
  readonly drift: Readonly<Record<'otherMicroscope' | 'otherLamp', readonly number[]>>;
};

const sets = JSON.parse(readFileSync(join(import.meta.dirname, 'scores.json'), 'utf8')) as Sets;
const names = ['pbc8', 'mitocheck', 'jurkat'] as const;

const splits = 200;
const fewestWithin = 195;
const budget = 0.05;
const falseShare = 0.2;

function shuffled(values: readonly number[], random: RandomStream): number[] {
  return Array.from(random.permutation(values.length), (i) => values[i]!);
}

/**
 * Whether `flagged` of the tested normals are in the 99 % band for a limit that `above` of the held-out
 * normals exceed. As ranks of exchangeable scores they follow a binomial distribution whose chance follows
 * Beta(above + 1, heldOut − above): the first is the chance of the tested normals, the second that of the
 * held-out ones.
 */
function isInBand(flagged: number, tested: number, above: number, heldOut: number): boolean {
  const chanceOf = (from: number, to: number) => {
    let chance = 0;
    for (let k = from; k <= to; k++) {
      chance += Math.exp(
        logChoose(tested, k) +
          logFactorial(k + above) +
          logFactorial(tested - k + heldOut - above - 1) -
          logFactorial(tested + heldOut) -
          logFactorial(above) -
          logFactorial(heldOut - above - 1) +
          logFactorial(heldOut),
      );
    }
    return chance;
  };
  return chanceOf(flagged, tested) >= 0.005 && chanceOf(0, flagged) >= 0.005;
}

/** P(at least `hits` of `count` draws of chance `chance`). */
function binomialAtLeast(hits: number, count: number, chance: number): number {
  let sum = 0;
  for (let k = hits; k <= count; k++) {
    sum += Math.exp(logChoose(count, k) + k * Math.log(chance) + (count - k) * Math.log1p(-chance));
  }
  return sum;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

const logFactorials = [0];
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) {
    logFactorials.push(logFactorials[i - 1]! + Math.log(i));
  }
  return logFactorials[n]!;
}

describe.each(names)('200 splits of %s', (name) => {
  const { normals, anomalies } = sets[name];

  const halved = (seed: number) => {
    const random = new RandomStream(seed, purpose.split);
    const order = shuffled(normals, random);
    const half = order.length >> 1;
    return { random, heldOut: order.slice(0, half), tested: order.slice(half) };
  };

  it('realise the false-alarm budget', () => {
    let [within, rate] = [0, 0];
    for (let seed = 0; seed < splits; seed++) {
      const { heldOut, tested } = halved(seed);
      const { anomalyScore, above } = calibrateThreshold(heldOut, budget);
      const flagged = tested.filter((score) => score > anomalyScore).length;
      if (isInBand(flagged, tested.length, above, heldOut.length)) within++;
      rate += flagged / tested.length / splits;
    }
    console.log(
      `${name}: false alarms ${rate.toFixed(4)} for ${budget}, in the band in ${within} of ${splits}`,
    );
    expect(within).toBeGreaterThanOrEqual(fewestWithin);
    const count = normals.length / 2;
    const spread = Math.sqrt((budget * (1 - budget) * 2) / count / splits);
    expect(rate).toBeLessThan(budget + 3 * spread);
  });

  it.each([
    ['Benjamini and Hochberg', false, 0.2],
    ['Benjamini and Hochberg', false, 0.5],
    ['Benjamini and Hochberg with the estimated normal share', true, 0.2],
    ['Benjamini and Hochberg with the estimated normal share', true, 0.5],
  ] as const)('keep the share of false entries, by %s (%s, anomalies to normals %f)', (...of) => {
    const [way, estimates, anomalyPart] = of;
    let [within, binomial, found] = [0, 0, 0];
    const shares: number[] = [];
    for (let seed = 0; seed < splits; seed++) {
      const { random, heldOut, tested } = halved(seed);
      const most = Math.ceil(anomalyPart * tested.length);
      const strange = shuffled(anomalies, random).slice(0, most);
      const scores = [...tested, ...strange];
      const pValues = conformalPValues(heldOut, scores);
      const factor = estimates ? storeyNormalShare(pValues, heldOut.length) : 1;
      const adjusted = benjaminiHochberg(pValues);
      const listed = [...adjusted.keys()].filter((i) => adjusted[i]! * factor <= falseShare);
      const wrong = listed.filter((i) => i < tested.length).length;
      const last = Math.min(...listed.map((i) => scores[i]!));
      const above = heldOut.filter((score) => score >= last).length;
      if (isInBand(wrong, tested.length, above, heldOut.length)) within++;
      if (binomialAtLeast(wrong, listed.length, falseShare) >= 0.005) binomial++;
      shares.push(wrong / Math.max(1, listed.length));
      found += (listed.length - wrong) / strange.length / splits;
    }
    const mean = shares.reduce((sum, share) => sum + share / splits, 0);
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (splits - 1);
    console.log(
      `${name}, ${way}, ${anomalyPart} anomalies to a normal: share of false entries ${mean.toFixed(3)} for ${falseShare}, in the band in ` +
        `${within} of ${splits} (${binomial} without the chance of the held-out normals); ` +
        `${(100 * found).toFixed(0)} % of the anomalies listed`,
    );
    expect(within).toBeGreaterThanOrEqual(fewestWithin);
    expect(mean).toBeLessThan(falseShare + 3 * Math.sqrt(variance / splits));
  });
});

describe('the drift alarm', () => {
  const draws = (random: RandomStream) => () => (random.word() + 0.5) / 2 ** 32;

  it('is raised at most once in 1,000 quiet runs', () => {
    for (const name of names) {
      let alarms = 0;
      for (let seed = 0; seed < 1000; seed++) {
        const random = new RandomStream(seed, purpose.drift);
        const order = shuffled(sets[name].normals, random);
        const half = order.length >> 1;
        if (driftAlarm(order.slice(0, half), order.slice(half), draws(random))) alarms++;
      }
      console.log(`${name}: ${alarms} alarms in 1,000 quiet runs`);
      expect(alarms).toBeLessThanOrEqual(1);
    }
  });

  it.each(['otherMicroscope', 'otherLamp'] as const)('comes within 50 images of %s', (change) => {
    const delays: number[] = [];
    const starts: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const random = new RandomStream(seed, purpose.drift);
      const order = shuffled(sets.pbc8.normals, random);
      const stream = [...order.slice(300), ...shuffled(sets.drift[change], random).slice(0, 50)];
      const alarm = driftAlarm(order.slice(0, 300), stream, draws(random));
      delays.push((alarm?.at ?? Infinity) - 300 + 1);
      starts.push(Math.abs((alarm?.from ?? Infinity) - 300));
    }
    const [fastest, slowest] = [Math.min(...delays), Math.max(...delays)];
    console.log(
      `${change}: alarm after ${fastest} to ${slowest} images of the change; start ` +
        `found within ${Math.max(...starts)} images`,
    );
    expect(fastest).toBeGreaterThan(0);
    expect(slowest).toBeLessThanOrEqual(50);
  });
});
