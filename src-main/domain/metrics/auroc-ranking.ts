// Several detectors on the same images: AUROCs with intervals, and DeLong's paired test of each pair with Holm's
// correction (DeLong, DeLong, Clarke-Pearson 1988; Holm 1979).

import { delongInterval, type Auroc } from './auroc.ts';
import { mean, placements, variance, type PairedScores } from './auroc-difference.ts';
import { holm } from './holm.ts';
import { beyond } from './normal-tail.ts';

/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

/** Corrected p-values below this are a difference. */
export const significance = 0.05;

export interface RankedDetector extends Auroc {
  /** Of each seed; `auroc` is their mean. */
  readonly ofSeeds: readonly number[];
}

export interface DetectorPair {
  /** Places of two detectors, the better one first. */
  readonly better: number;
  readonly worse: number;
  /** Of their mean AUROCs, ≥ 0. */
  readonly difference: number;
  readonly difference95: readonly [low: number, high: number];
  /** Two-sided, before and after the correction for all pairs. */
  readonly p: number;
  readonly corrected: number;
}

/** Shares of the other kind that each image lies above, as means over seeds. */
interface Placements {
  readonly ofAnomalies: readonly number[];
  readonly ofNormals: readonly number[];
  readonly ofSeeds: readonly number[];
}

/**
 * `detectors`: of each the anomaly scores of its seeds, of the same images in the same order, two or more of
 * each kind. The mean AUROC over seeds is tested: intervals and tests are of the choice of images with the
 * trained detectors as they are; how far seeds differ is in `ofSeeds`. Throws RangeError.
 */
export function rankDetectors(detectors: readonly (readonly PairedScores[])[]): {
  readonly detectors: readonly RankedDetector[];
  readonly pairs: readonly DetectorPair[];
} {
  assertSameImages(detectors.flat());
  const placed = detectors.map(placementsOf);
  const ranked = placed.map((own): RankedDetector => {
    const [m, n] = [own.ofAnomalies.length, own.ofNormals.length];
    const below = Float64Array.from(own.ofAnomalies, (share) => share * n);
    const above = Float64Array.from(own.ofNormals, (share) => share * m);
    const auroc = mean(own.ofAnomalies);
    return { auroc, auroc95: delongInterval(auroc, below, above), ofSeeds: own.ofSeeds };
  });
  const pairs = ranked.flatMap((own, first) =>
    ranked.slice(first + 1).map((other, index) => {
      const second = first + 1 + index;
      const [better, worse] = own.auroc >= other.auroc ? [first, second] : [second, first];
      return { better, worse, ...difference(placed[better]!, placed[worse]!) };
    }),
  );
  const corrected = holm(pairs.map(({ p }) => p));
  return {
    detectors: ranked,
    pairs: pairs.map((pair, index) => ({ ...pair, corrected: corrected[index]! })),
  };
}

function assertSameImages(all: readonly PairedScores[]): void {
  const [first] = all;
  const isSame = all.every(
    ({ normal, anomalous }) =>
      normal.length === first!.normal.length && anomalous.length === first!.anomalous.length,
  );
  if (first && isSame && first.normal.length >= 2 && first.anomalous.length >= 2) return;
  throw new RangeError('A ranking of detectors needs the same images, two or more of each kind.');
}

function placementsOf(seeds: readonly PairedScores[]): Placements {
  const ofAnomalies = seeds.map(({ normal, anomalous }) => placements(anomalous, normal));
  const ofNormals = seeds.map(({ normal, anomalous }) => placements(normal, anomalous));
  return {
    ofAnomalies: meanOfSeeds(ofAnomalies),
    ofNormals: meanOfSeeds(ofNormals),
    ofSeeds: ofAnomalies.map(mean),
  };
}

function meanOfSeeds(seeds: readonly (readonly number[])[]): number[] {
  return seeds[0]!.map((_, image) => mean(seeds.map((own) => own[image]!)));
}

function difference(
  better: Placements,
  worse: Placements,
): Pick<DetectorPair, 'difference' | 'difference95' | 'p'> {
  const of = (kind: 'ofAnomalies' | 'ofNormals') =>
    better[kind].map((value, image) => value - worse[kind][image]!);
  const [anomalies, normals] = [of('ofAnomalies'), of('ofNormals')];
  const error = Math.sqrt(
    variance(anomalies) / anomalies.length + variance(normals) / normals.length,
  );
  const own = mean(anomalies);
  // Equal on every image.
  if (error === 0) return { difference: own, difference95: [own, own], p: own === 0 ? 1 : 0 };
  return {
    difference: own,
    difference95: [own - z * error, own + z * error],
    p: beyond(own / error),
  };
}
