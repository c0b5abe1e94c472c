// Selects the items of a snapshot by their use in a run.

import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { Reader } from '../store/database.ts';
import { findDataset, listDatasets } from '../store/images/datasets.ts';
import { runSources, type StoredRun } from '../store/runs/runs.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';

export function isTrainingNormal({ role, split }: DatasetItem): boolean {
  return role === 'normal' && split === 'train';
}

/** Held out of the training for the threshold. */
export function isCalibrationNormal({ role, split }: DatasetItem): boolean {
  return role === 'normal' && split === 'calibrate';
}

/** An anomaly counts only when the user assigned it to training: by default it tests the detector. */
export function servesAsOutlier({ role, split }: DatasetItem): boolean {
  return (role === 'outlier' || role === 'anomaly') && split === 'train';
}

/** Ids of the images that a run has learnt from or been calibrated on. */
export function imagesSeen(reader: Reader, run: StoredRun): Set<number> {
  const seen = new Set<number>();
  for (const item of snapshotItems(reader, run.snapshotId)) {
    if (isTrainingNormal(item) || isCalibrationNormal(item)) seen.add(item.imageId);
  }
  for (const { snapshotId } of runSources(reader, run.id)) {
    for (const item of snapshotItems(reader, snapshotId)) {
      if (servesAsOutlier(item)) seen.add(item.imageId);
    }
  }
  return seen;
}

/** The id of a dataset. Throws `not-found` with the nearest right name. */
export function datasetNamed(reader: Reader, name: string): number {
  const id = findDataset(reader, name);
  if (id !== undefined) return id;
  const names = listDatasets(reader).map((dataset) => dataset.name);
  throw new Failure(
    'not-found',
    `There is no dataset "${name}"${nearestName(name, names)}. Import images into it first.`,
  );
}
