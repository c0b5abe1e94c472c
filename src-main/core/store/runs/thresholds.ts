// Thresholds of a model, one for each score, from the normals held out for calibration.

import type { Threshold } from '#contract/core.ts';
import type { Query, Reader, Writer } from '../database.ts';

/** A line as it is stored, of a model or of a model on one dataset. */
export interface ThresholdRow {
  readonly scoreName: string;
  readonly anomalyScore: number;
  readonly falseAlarms: number;
  readonly low: number;
  readonly high: number;
  readonly calibratedOn: number;
}

/** Columns of a table of thresholds, as `ThresholdRow` has them. */
export const thresholdColumns = `score_name scoreName, anomaly_score anomalyScore, false_alarms falseAlarms,
  false_alarms_low low, false_alarms_high high, calibrated_on calibratedOn`;

/** null when there is no row. */
export function thresholdOf(row: ThresholdRow | undefined): Threshold | null {
  if (!row) return null;
  const { low, high, ...threshold } = row;
  return { ...threshold, falseAlarms95: [low, high] };
}

const one: Query<ThresholdRow> = `
  select ${thresholdColumns}
  from threshold where model_id = ? and score_name = ?`;

export function findThreshold(
  reader: Reader,
  modelId: number,
  scoreName: string,
): Threshold | null {
  return thresholdOf(reader.get(one, modelId, scoreName));
}

export function putThreshold(writer: Writer, modelId: number, threshold: Threshold): void {
  const { scoreName, anomalyScore, falseAlarms, falseAlarms95, calibratedOn } = threshold;
  writer.run(
    `insert or replace into threshold (model_id, score_name, anomaly_score, false_alarms,
       false_alarms_low, false_alarms_high, calibrated_on) values (?, ?, ?, ?, ?, ?, ?)`,
    ...[modelId, scoreName, anomalyScore, falseAlarms, falseAlarms95[0], falseAlarms95[1]],
    calibratedOn,
  );
}
