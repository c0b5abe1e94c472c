import { describe, expect, it } from 'vitest';
import { auroc } from '#domain/metrics/auroc.ts';
import { aurocDifference, type PairedScores } from '#domain/metrics/auroc-difference.ts';
import { RandomStream } from '#domain/random.ts';

const stream = new RandomStream(11, 970);
const draw = (count: number, shift: number) =>
  Array.from({ length: count }, () => Math.round(4 * (stream.normal() + shift)) / 4);
const scores = (): PairedScores => ({ normal: draw(30, 0), anomalous: draw(20, 1) });
const constant: PairedScores = { normal: draw(30, 0).fill(1), anomalous: draw(20, 0).fill(1) };

/** DeLong's covariance of two AUROCs, written from its definition with ψ of every pair. */
function slowVariance(own: PairedScores, other: PairedScores): number {
  const psi = (x: number, y: number) => (x > y ? 1 : x === y ? 0.5 : 0);
  const [m, n] = [own.anomalous.length, own.normal.length];
  const meanOf = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const ofAnomaly = ({ normal, anomalous }: PairedScores) =>
    anomalous.map((x) => meanOf(normal.map((y) => psi(x, y))));
  const ofNormal = ({ normal, anomalous }: PairedScores) =>
    normal.map((y) => meanOf(anomalous.map((x) => psi(x, y))));
  const covariance = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + (value - meanOf(a)) * (b[i]! - meanOf(b)), 0) /
    (a.length - 1);
  const term = (a: PairedScores, b: PairedScores) =>
    covariance(ofAnomaly(a), ofAnomaly(b)) / m + covariance(ofNormal(a), ofNormal(b)) / n;
  return term(own, own) + term(other, other) - 2 * term(own, other);
}

describe('the difference of two AUROCs on the same images', () => {
  it('has the AUROC of each, and the variance of DeLong with its covariance', () => {
    for (let time = 0; time < 5; time++) {
      const [own, other] = [scores(), scores()];
      const found = aurocDifference(own, other);
      expect(found.own).toBeCloseTo(auroc(own.normal, own.anomalous).auroc, 12);
      expect(found.other).toBeCloseTo(auroc(other.normal, other.anomalous).auroc, 12);
      const half = 1.959963984540054 * Math.sqrt(slowVariance(own, other));
      const [low, high] = found.difference95;
      expect(low).toBeCloseTo(found.own - found.other - half, 12);
      expect(high).toBeCloseTo(found.own - found.other + half, 12);
    }
  });

  it('against a detector that tells nothing is the interval of the AUROC itself', () => {
    const own = scores();
    const [low, high] = auroc(own.normal, own.anomalous).auroc95;
    const { difference95 } = aurocDifference(own, constant);
    expect(difference95[0]).toBeCloseTo(low - 0.5, 12);
    expect(difference95[1]).toBeCloseTo(high - 0.5, 12);
  });

  it('of a detector and itself is zero, without an interval', () => {
    const own = scores();
    expect(aurocDifference(own, own).difference95).toEqual([0, 0]);
  });

  it('needs the same images, two or more of each kind', () => {
    const own = scores();
    expect(() => aurocDifference(own, { ...own, normal: [1] })).toThrow(RangeError);
    const one = { normal: [1, 2], anomalous: [3] };
    expect(() => aurocDifference(one, one)).toThrow(RangeError);
  });
});
