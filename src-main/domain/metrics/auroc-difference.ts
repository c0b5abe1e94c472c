// The difference of two AUROCs on the same images, with DeLong's 95 % interval for paired scores
// (DeLong, DeLong, Clarke-Pearson 1988).

import { firstAbove, firstNotBelow } from './rising.ts';

/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

/** Anomaly scores, higher is stranger; image by image the same in both detectors. */
export interface PairedScores {
  readonly normal: readonly number[];
  readonly anomalous: readonly number[];
}

export interface AurocDifference {
  readonly own: number;
  readonly other: number;
  /** 95 % interval of own minus other. */
  readonly difference95: readonly [low: number, high: number];
}

/** At least two images of each kind. Throws RangeError. */
export function aurocDifference(own: PairedScores, other: PairedScores): AurocDifference {
  const [m, n] = [own.anomalous.length, own.normal.length];
  if (m < 2 || n < 2 || m !== other.anomalous.length || n !== other.normal.length) {
    throw new RangeError('A difference of AUROCs needs the same images, two or more of each kind.');
  }
  const ofAnomalies = minus(
    placements(own.anomalous, own.normal),
    placements(other.anomalous, other.normal),
  );
  const ofNormals = minus(
    placements(own.normal, own.anomalous),
    placements(other.normal, other.anomalous),
  );
  const [ownAuroc, otherAuroc] = [own, other].map(({ anomalous, normal }) =>
    mean(placements(anomalous, normal)),
  ) as [number, number];
  const error = Math.sqrt(variance(ofAnomalies) / m + variance(ofNormals) / n);
  const difference = ownAuroc - otherAuroc;
  return {
    own: ownAuroc,
    other: otherAuroc,
    difference95: [difference - z * error, difference + z * error],
  };
}

/** For each score, in their order: the share of others below it, ties counting half. */
export function placements(scores: readonly number[], others: readonly number[]): number[] {
  const rising = Float64Array.from(others).sort();
  return scores.map(
    (score) => (firstNotBelow(rising, score) + firstAbove(rising, score)) / 2 / rising.length,
  );
}

function minus(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, index) => value - b[index]!);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased. */
export function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
