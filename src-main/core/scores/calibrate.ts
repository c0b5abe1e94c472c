// The thresholds of a model, one for each score, from the held-out normals.

import { calibrateThreshold, fewestForBudget } from '#domain/metrics/threshold.ts';
import type { RawScores } from '#domain/score.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { scoresOf, storedScoreNames } from '../store/runs/scores.ts';
import { putThreshold } from '../store/runs/thresholds.ts';

/**
 * Writes the thresholds for a false-alarm budget (a share of all normal images). `imageIds`: the
 * held-out normals, of which those with scores count. Returns warnings for the user.
 */
export function calibrate(
  database: ProjectDatabase,
  modelId: number,
  imageIds: readonly number[],
  budget: number,
): string[] {
  const scores = database.read((reader) => scoresOf(reader, modelId));
  const held = imageIds
    .map((imageId) => scores.get(imageId))
    .filter((raw): raw is RawScores => raw !== undefined);
  if (held.length === 0) {
    return [
      'No normal images were held out to calibrate on, so there is no threshold and nothing is ' +
        'flagged. Give a share of the normal images to calibration and train again.',
    ];
  }
  database.transact((writer) => {
    for (const scoreName of storedScoreNames(writer, modelId)) {
      const anomalyScores = held.flatMap(({ [scoreName]: raw }) =>
        raw === undefined ? [] : [-raw],
      );
      if (anomalyScores.length === 0) continue;
      const { anomalyScore, falseAlarms95 } = calibrateThreshold(anomalyScores, budget);
      putThreshold(writer, modelId, {
        scoreName,
        anomalyScore,
        falseAlarms: budget,
        falseAlarms95,
        calibratedOn: anomalyScores.length,
      });
    }
  });
  const needed = fewestForBudget(budget);
  if (held.length >= needed) return [];
  return [
    `Only ${held.length} normal images were held out to calibrate on; a false-alarm budget of ` +
      `${percent(budget)} needs ${needed}. The threshold is the strangest of them, and about ` +
      `${percent(1 / (held.length + 1))} of normal images will be flagged.`,
  ];
}

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(2))} %`;
}
