// The line above which images of a dataset are flagged: the model's own threshold, or the dataset's.

import type { Threshold } from '#contract/core.ts';
import { datasetNamed } from '../../runs/run-items.ts';
import type { Reader, Writer } from '../../store/database.ts';
import { findOwnLine, findOwnThreshold, putOwnThreshold } from '../../store/runs/batch-lines.ts';
import { heldOutNormals, rankedItems, type HeldOut } from '../../store/runs/ranking.ts';
import { findThreshold, putThreshold } from '../../store/runs/thresholds.ts';
import type { TrainedModel } from '../scoring-model.ts';

export interface LineRequest {
  readonly modelId: number;
  /** Left out: the model's own threshold. */
  readonly dataset?: string | undefined;
}

/** null without one. Throws `not-found` for the dataset. */
export function lineOf(
  reader: Reader,
  { modelId, dataset }: LineRequest,
  scoreName: string,
): Threshold | null {
  if (dataset === undefined) return findThreshold(reader, modelId, scoreName);
  const datasetId = datasetNamed(reader, dataset);
  switch (findOwnLine(reader, modelId, datasetId)) {
    case 'within':
      return null;
    case 'normals':
      return findOwnThreshold(reader, { modelId, datasetId, scoreName });
    case null:
      return findThreshold(reader, modelId, scoreName);
  }
}

/** Where `lineOf` finds it. Throws `not-found` for the dataset. */
export function putLine(
  writer: Writer,
  { modelId, dataset }: LineRequest,
  threshold: Threshold,
): void {
  const datasetId = dataset === undefined ? null : datasetNamed(writer, dataset);
  if (datasetId !== null && findOwnLine(writer, modelId, datasetId) === 'normals') {
    putOwnThreshold(writer, { modelId, datasetId }, threshold);
  } else putThreshold(writer, modelId, threshold);
}

/**
 * The normal images that the line rests on, as far as they have the score: those that the run held out, or the
 * dataset's own with the split calibrate. None where its images are ranked among themselves.
 */
export function lineNormals(
  reader: Reader,
  { model, run }: TrainedModel,
  name: string,
  dataset: string | undefined,
): HeldOut[] {
  const modelId = model.id;
  const datasetId = dataset === undefined ? null : datasetNamed(reader, dataset);
  const own = datasetId === null ? null : findOwnLine(reader, modelId, datasetId);
  if (own === 'within') return [];
  if (own === null || datasetId === null) {
    return heldOutNormals(reader, { modelId, snapshotId: run.snapshotId, name });
  }
  const all = { modelId, datasetId, name, offset: 0, limit: Number.MAX_SAFE_INTEGER };
  return rankedItems(reader, all).filter(
    ({ role, split }) => role === 'normal' && split === 'calibrate',
  );
}
