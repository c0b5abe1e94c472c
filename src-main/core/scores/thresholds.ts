// Previews and sets a threshold: for a false-alarm budget, or at a score chosen by the user.

import type { Threshold, ThresholdPreview } from '#contract/review.ts';
import { Failure } from '#domain/failure.ts';
import { calibrateThreshold, fewestForBudget, judgeThreshold } from '#domain/metrics/threshold.ts';
import { datasetNamed } from '../runs/run-items.ts';
import { chosenScore } from './model-scores.ts';
import { trainedModel } from './scoring-model.ts';
import type { Reader, Writer } from '../store/database.ts';
import { heldOutScores } from '../store/runs/ranking.ts';
import { countImages } from '../store/images/image-pages.ts';
import { findModelScore } from '../store/runs/scores.ts';
import { putThreshold } from '../store/runs/thresholds.ts';

export interface ThresholdWish {
  readonly modelId: number;
  readonly by?: string | undefined;
  /** A share of all normal images, or the anomaly score itself: one of the two. */
  readonly falseAlarms?: number | undefined;
  readonly anomalyScore?: number | undefined;
}

type Judged = Pick<ThresholdPreview, 'heldOutFlagged' | 'warning'> & {
  readonly threshold: Threshold;
};

/** Throws `not-found`, and `bad-input` without held-out normals or unless one of the two is named. */
function judge(reader: Reader, wish: ThresholdWish): Judged {
  const { modelId, falseAlarms, anomalyScore } = wish;
  const trained = trainedModel(reader, modelId);
  const scoreName = chosenScore(reader, trained, wish.by);
  const { snapshotId } = trained.run;
  const held = heldOutScores(reader, { modelId, snapshotId, name: scoreName });
  const normals = held.map((raw) => -raw);
  const count = normals.length;
  if (count === 0) {
    throw new Failure(
      'bad-input',
      'No normal images were held out to calibrate on, so the false-alarm rate is unknown. ' +
        'Give a share of the normal images to calibration and train again.',
    );
  }
  if ((falseAlarms === undefined) === (anomalyScore === undefined)) {
    throw new Failure('bad-input', 'Name either a false-alarm budget or a threshold.');
  }
  const { above, ...found } =
    falseAlarms === undefined
      ? judgeThreshold(normals, anomalyScore!)
      : calibrateThreshold(normals, falseAlarms);
  // The expected share above an order statistic; see calibrateThreshold.
  const expected = falseAlarms ?? Math.min((above + 1) / (count + 1), 1);
  const threshold = { scoreName, ...found, falseAlarms: expected, calibratedOn: count };
  const needed = falseAlarms === undefined ? 0 : fewestForBudget(falseAlarms);
  const warning =
    count >= needed
      ? null
      : `Only ${count} normal images were held out; this budget needs ${needed}. The threshold is ` +
        'the strangest of them.';
  return { threshold, heldOutFlagged: above, warning };
}

/** Throws as `setThreshold`. */
export function previewThreshold(
  reader: Reader,
  wish: ThresholdWish & { readonly dataset?: string | undefined },
): ThresholdPreview {
  const { threshold, heldOutFlagged, warning } = judge(reader, wish);
  const [low, high] = threshold.falseAlarms95;
  return {
    ...threshold,
    flagsPer1000: (1000 * (heldOutFlagged + 1)) / (threshold.calibratedOn + 1),
    flagsPer1000Interval: [1000 * low, 1000 * high],
    ...{ heldOutFlagged, warning },
    flagged: wish.dataset === undefined ? null : flaggedIn(reader, wish, wish.dataset, threshold),
  };
}

/** Throws `not-found`, and `bad-input` without held-out normals. */
export function setThreshold(writer: Writer, wish: ThresholdWish): Threshold {
  const { threshold } = judge(writer, wish);
  putThreshold(writer, wish.modelId, threshold);
  return threshold;
}

function flaggedIn(
  reader: Reader,
  { modelId }: ThresholdWish,
  dataset: string,
  { scoreName, anomalyScore }: Threshold,
): { images: number; of: number } {
  const datasetId = datasetNamed(reader, dataset);
  const scoreId = findModelScore(reader, modelId, scoreName);
  const score = { modelId, scoreId, limit: anomalyScore };
  const count = (is: 'flagged' | 'scored') =>
    countImages(reader, { datasetId, filter: { score: { modelId, is } }, score });
  return { images: count('flagged'), of: count('scored') };
}
