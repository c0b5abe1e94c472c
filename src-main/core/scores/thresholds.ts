// Previews and sets a threshold: for a false-alarm budget, or at a score chosen by the user.

import type { Threshold, ThresholdPreview } from '#contract/review.ts';
import { Failure } from '#domain/failure.ts';
import {
  calibrateThreshold,
  calibrateWeighted,
  fewestForBudget,
  judgeThreshold,
  type CalibratedThreshold,
} from '#domain/metrics/threshold.ts';
import { aroundLine } from './around-line.ts';
import { lineNormals, lineOf, putLine } from './batch/line.ts';
import { domainWeights } from './guarantee/domain-weights.ts';
import { testedImages } from './guarantee/tested-images.ts';
import { chosenScore } from './model-scores.ts';
import { trainedModel } from './scoring-model.ts';
import type { Reader, Writer } from '../store/database.ts';
import type { HeldOut } from '../store/runs/ranking.ts';

export interface ThresholdWish {
  readonly modelId: number;
  readonly by?: string | undefined;
  /** A share of all normal images, or the anomaly score itself; with neither the line as it is. */
  readonly falseAlarms?: number | undefined;
  readonly anomalyScore?: number | undefined;
  /** For a budget: held-out normals of each domain count as often as in the dataset. */
  readonly weightDomains?: boolean | undefined;
  readonly dataset?: string | undefined;
}

type Judged = Pick<ThresholdPreview, 'heldOutFlagged' | 'warning'> & {
  readonly threshold: Threshold;
};

/** Throws `not-found`, and `bad-input` without held-out normals, a line, or when both are named. */
function judge(reader: Reader, wish: ThresholdWish): Judged {
  const { modelId, falseAlarms, anomalyScore } = wish;
  const trained = trainedModel(reader, modelId);
  const scoreName = chosenScore(reader, trained, wish.by);
  const held = lineNormals(reader, trained, scoreName, wish.dataset);
  const normals = held.map(({ raw }) => -raw);
  const count = normals.length;
  if (count === 0) {
    throw new Failure(
      'bad-input',
      'No normal images were held out to calibrate on, so the false-alarm rate is unknown. ' +
        'Give a share of the normal images to calibration and train again.',
    );
  }
  if (falseAlarms !== undefined && anomalyScore !== undefined) {
    throw new Failure('bad-input', 'Name either a false-alarm budget or a threshold.');
  }
  if (falseAlarms === undefined && anomalyScore === undefined) {
    const threshold = lineOf(reader, wish, scoreName);
    if (threshold === null)
      throw new Failure(
        'bad-input',
        'There is no threshold yet. Name either a false-alarm budget or a threshold.',
      );
    const above = normals.filter((score) => score > threshold.anomalyScore).length;
    const isEnough = count >= fewestForBudget(threshold.falseAlarms);
    const warning = isEnough ? null : fewNormals(count, threshold.falseAlarms);
    return { threshold, heldOutFlagged: above, warning };
  }
  if (wish.weightDomains === true) return judgeWeighted(reader, wish, held);
  const { above, ...found } =
    falseAlarms === undefined
      ? judgeThreshold(normals, anomalyScore!)
      : calibrateThreshold(normals, falseAlarms);
  // The expected share above an order statistic; see calibrateThreshold.
  const expected = falseAlarms ?? Math.min((above + 1) / (count + 1), 1);
  const threshold = { scoreName, ...found, falseAlarms: expected, calibratedOn: count };
  const isEnough = falseAlarms === undefined || count >= fewestForBudget(falseAlarms);
  const warning = isEnough ? null : fewNormals(count, falseAlarms);
  return { threshold, heldOutFlagged: above, warning };
}

/** Throws `bad-input` without a budget or a dataset, and when no tested domain has held-out normals. */
function judgeWeighted(reader: Reader, wish: ThresholdWish, held: readonly HeldOut[]): Judged {
  const { modelId, by, falseAlarms, dataset } = wish;
  if (falseAlarms === undefined || dataset === undefined) {
    throw new Failure(
      'bad-input',
      'Weights by domain need a false-alarm budget, and a dataset that says how frequent each domain is.',
    );
  }
  const { scoreName, unseen } = testedImages(reader, { modelId, dataset, by });
  const { normals, effectiveNormals, warnings } = domainWeights(held, unseen);
  if (normals.length === 0) {
    throw new Failure(
      'bad-input',
      `No image of "${dataset}" that the model has scored and not seen is of a domain with held-out normals, ` +
        'so that there is nothing to weight. Score the dataset first, or choose a threshold without weights.',
    );
  }
  const { above, anomalyScore, falseAlarms95 }: CalibratedThreshold = calibrateWeighted(
    normals,
    falseAlarms,
  );
  const calibratedOn = Math.max(1, Math.floor(effectiveNormals + 1e-9));
  const few =
    calibratedOn < fewestForBudget(falseAlarms) ? [fewNormals(calibratedOn, falseAlarms)] : [];
  const all = [...few, ...warnings];
  return {
    threshold: { scoreName, anomalyScore, falseAlarms, falseAlarms95, calibratedOn },
    heldOutFlagged: above,
    warning: all.length === 0 ? null : all.join(' '),
  };
}

function fewNormals(count: number, budget: number): string {
  return (
    `Only ${count} normal images were held out; this budget needs ${fewestForBudget(budget)}. The threshold is ` +
    'the strangest of them.'
  );
}

/** Throws as `setThreshold`. */
export function previewThreshold(reader: Reader, wish: ThresholdWish): ThresholdPreview {
  const { threshold, heldOutFlagged, warning } = judge(reader, wish);
  const [low, high] = threshold.falseAlarms95;
  const { dataset } = wish;
  return {
    ...threshold,
    flagsPer1000: (1000 * (heldOutFlagged + 1)) / (threshold.calibratedOn + 1),
    flagsPer1000Interval: [1000 * low, 1000 * high],
    ...{ heldOutFlagged, warning },
    around: dataset === undefined ? null : aroundLine(reader, { ...wish, dataset }, threshold),
  };
}

/** Throws `not-found`, and `bad-input` without held-out normals. */
export function setThreshold(writer: Writer, wish: ThresholdWish): Threshold {
  const { threshold } = judge(writer, wish);
  putLine(writer, wish, threshold);
  return threshold;
}
