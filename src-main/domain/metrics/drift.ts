// A drift alarm over images in the order of their arrival: do they still look like the normal images that
// the model was calibrated on?

import { onlinePValues } from './online-p-values.ts';
import { TestMartingale, type Bet } from './test-martingale.ts';

export interface DriftAlarm {
  /** Places in the stream, from 0: the image at which the alarm was raised, */
  readonly at: number;
  /** and the first one that does not look like the normals, estimated. */
  readonly from: number;
}

/** 1 / α: at most one of so many streams without a drift ever raises an alarm. */
export const alarmLevel = 1000;

/** Up to this share of anomalies in a stream is no drift. */
const anomaliesAllowed = 0.1;

/**
 * `heldOut`: anomaly scores of n ≥ 1 held-out normals; `stream`: of the images as they came; `uniform`: draws
 * from 0 … 1, ends excluded. null without an alarm.
 *
 * A test martingale over the p-values of the stream. A stream of normal images with at most a tenth of other
 * images gives p-values whose density is (1 − a) + a · anything; each bet is divided by its largest mean under
 * that, so that the fortune does not grow on average however strange the anomalies are. A few anomalies raise
 * no alarm; a shift of all images does.
 */
export function driftAlarm(
  heldOut: readonly number[],
  stream: readonly number[],
  uniform: () => number,
): DriftAlarm | null {
  if (heldOut.length === 0) throw new RangeError('A drift alarm needs held-out normal images.');
  const pValues = onlinePValues(heldOut, stream, uniform);
  const martingale = new TestMartingale(bets);
  for (const [at, p] of pValues.entries()) {
    if (martingale.take(p, jumpAt(at)) >= alarmLevel) {
      return { at, from: likelyStart(pValues.subarray(0, at + 1)) };
    }
  }
  return null;
}

/**
 * A stake on p-values in the `part` nearest to an end: 1 − r + r / part there, 1 − r elsewhere, divided by
 * its largest mean while at most `anomaliesAllowed` of the p-values are arbitrary.
 */
function stakeOn(part: number, r: number): readonly Bet[] {
  const most = 1 - r + r / part;
  const mean = 1 - anomaliesAllowed + anomaliesAllowed * most;
  const [win, lose] = [most / mean, (1 - r) / mean];
  return [(p) => (p <= part ? win : lose), (p) => (p >= 1 - part ? win : lose)];
}

/** Towards stranger and towards less strange images, for large and small shifts; and none. */
const bets: readonly Bet[] = [
  () => 1,
  ...stakeOn(0.1, 0.8),
  ...stakeOn(0.25, 0.8),
  ...stakeOn(0.5, 0.6),
];

/**
 * Falls so that a quiet stream of t images costs a factor of about ln t only, and an alarm after it is late
 * by about (ln t) / (growth of an image): 1 / (t ln t) is the slowest such fall whose sum grows without bound.
 */
function jumpAt(place: number): number {
  const t = place + Math.E;
  return 1 / (t * Math.log(t));
}

/** Where the bet that has won most since some place began to win (Page, "Continuous inspection", 1954). */
function likelyStart(pValues: Float64Array): number {
  let [start, most] = [0, -Infinity];
  for (const bet of bets.slice(1)) {
    let [gain, begun] = [0, 0];
    for (const [at, p] of pValues.entries()) {
      if (gain <= 0) [gain, begun] = [0, at];
      gain += Math.log(bet(p));
    }
    if (gain > most) [start, most] = [begun, gain];
  }
  return start;
}
