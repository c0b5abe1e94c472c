// The lines of datasets to which the thresholds of a model do not apply.

import type { Threshold } from '#contract/core.ts';
import type { Query, Reader, Writer } from '../database.ts';
import { thresholdColumns, thresholdOf, type ThresholdRow } from './thresholds.ts';

/** "normals": thresholds from its own normal images; "within": none. */
export type OwnLine = 'normals' | 'within';

const kindOf: Query<{ kind: OwnLine }> = `
  select kind from batch_line where model_id = ? and dataset_id = ?`;

/** null where the model's own thresholds apply. */
export function findOwnLine(reader: Reader, modelId: number, datasetId: number): OwnLine | null {
  return reader.get(kindOf, modelId, datasetId)?.kind ?? null;
}

/** null gives the dataset back to the model's own thresholds. Its own ones are forgotten. */
export function putOwnLine(
  writer: Writer,
  modelId: number,
  datasetId: number,
  kind: OwnLine | null,
): void {
  writer.run('delete from batch_line where model_id = ? and dataset_id = ?', modelId, datasetId);
  if (kind === null) return;
  writer.run(
    'insert into batch_line (model_id, dataset_id, kind) values (?, ?, ?)',
    ...[modelId, datasetId, kind],
  );
}

const one: Query<ThresholdRow> = `
  select ${thresholdColumns}
  from batch_threshold where model_id = ? and dataset_id = ? and score_name = ?`;

export function findOwnThreshold(
  reader: Reader,
  { modelId, datasetId, scoreName }: { modelId: number; datasetId: number; scoreName: string },
): Threshold | null {
  return thresholdOf(reader.get(one, modelId, datasetId, scoreName));
}

/** The dataset must have a line of its own. */
export function putOwnThreshold(
  writer: Writer,
  { modelId, datasetId }: { readonly modelId: number; readonly datasetId: number },
  { scoreName, anomalyScore, falseAlarms, falseAlarms95, calibratedOn }: Threshold,
): void {
  writer.run(
    `insert or replace into batch_threshold (model_id, dataset_id, score_name, anomaly_score, false_alarms,
       false_alarms_low, false_alarms_high, calibrated_on) values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[modelId, datasetId, scoreName, anomalyScore, falseAlarms],
    ...[falseAlarms95[0], falseAlarms95[1], calibratedOn],
  );
}
