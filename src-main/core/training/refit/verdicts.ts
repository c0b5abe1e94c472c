// The verdicts that a refit uses: which images, and with which role and split they enter its snapshot.

import type { VerdictCounts } from '#contract/refit.ts';
import { Failure } from '#domain/failure.ts';
import type { DatasetItem } from '../../datasets/items.ts';
import { datasetNamed, isTrainingNormal, servesAsOutlier } from '../../runs/run-items.ts';
import { hasReadOut } from '../../scores/read-out/read-out-key.ts';
import { trainedModel, type TrainedModel } from '../../scores/scoring-model.ts';
import type { Reader } from '../../store/database.ts';
import { reviewedItems } from '../../store/images/datasets.ts';
import { standingReviews } from '../../store/reviews.ts';
import { listRuns, runSources } from '../../store/runs/runs.ts';
import { reviewedSnapshotItems, snapshotItems } from '../../store/runs/snapshots.ts';
import { readRunConfig } from '../../runs/run-config.ts';

/** Fewer confirmed anomalies say little about what they have in common. */
const fewestConfirmed = 3;

export interface Verdicts {
  /** Whose network and training normals are taken. */
  readonly base: TrainedModel;
  /** Not training normals before. */
  readonly normals: readonly DatasetItem[];
  /** With the role anomaly and the split train. */
  readonly anomalies: readonly DatasetItem[];
  readonly counts: VerdictCounts;
}

/** The model that a refit starts from: of a refit, the one that it started from. Throws `not-found`. */
function baseOf(reader: Reader, modelId: number): TrainedModel {
  const { config } = trainedModel(reader, modelId);
  if (config.refit === undefined) return trainedModel(reader, modelId);
  const { model, run } = config.refit;
  try {
    return trainedModel(reader, model);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'not-found') throw error;
    throw new Failure(
      'not-found',
      `Model ${modelId} is a refit of model ${model}, whose run ${run} was deleted. Restore run ${run} from the ` +
        'trash, or use the verdicts with another model.',
    );
  }
}

/** Standing verdicts on the images of `dataset` and of the base's own one; only judged images are read. Throws `not-found`. */
export function verdictsOn(reader: Reader, modelId: number, dataset: string): Verdicts {
  const base = baseOf(reader, modelId);
  const frozen = reviewedSnapshotItems(reader, base.run.snapshotId);
  const before = new Map(frozen.map((item) => [item.imageId, item]));
  const current = new Map<number, DatasetItem>();
  const datasetIds = new Set([dataset, base.run.dataset].map((name) => datasetNamed(reader, name)));
  const withheld = learntAsOutliers(reader, base);
  for (const id of datasetIds) {
    for (const item of reviewedItems(reader, id)) {
      if (item.split === 'calibrate') withheld.add(item.imageId);
      if (!current.has(item.imageId)) current.set(item.imageId, item);
    }
  }
  for (const item of frozen) if (item.split === 'calibrate') withheld.add(item.imageId);
  const normals: DatasetItem[] = [];
  const anomalies: DatasetItem[] = [];
  let heldOut = 0;
  for (const { imageId, verdict } of standingReviews(reader).values()) {
    const item = current.get(imageId);
    if (item === undefined || verdict === 'unsure') continue;
    const known = before.get(imageId);
    if (withheld.has(imageId)) heldOut++;
    else if (verdict === 'anomalous') anomalies.push({ ...item, role: 'anomaly', split: 'train' });
    else if (known === undefined || !isTrainingNormal(known)) {
      normals.push({ ...item, role: 'normal', split: 'train' });
    }
  }
  return {
    ...{ base, normals, anomalies },
    counts: { normal: normals.length, anomalous: anomalies.length, heldOut },
  };
}

/** Of the base's snapshot, without confirmed anomalies and with confirmed normals as training normals. */
export function itemsWith(
  reader: Reader,
  { base, normals, anomalies }: Verdicts,
): readonly DatasetItem[] {
  const judged = new Set([...normals, ...anomalies].map(({ imageId }) => imageId));
  const others = snapshotItems(reader, base.run.snapshotId).filter(
    ({ imageId }) => !judged.has(imageId),
  );
  return [...others, ...normals];
}

/** The network was trained to tell them from normal images: they prove nothing. */
function learntAsOutliers(reader: Reader, { run }: TrainedModel): Set<number> {
  return new Set(
    runSources(reader, run.id).flatMap(({ snapshotId }) =>
      reviewedSnapshotItems(reader, snapshotId).flatMap((item) =>
        servesAsOutlier(item) ? [item.imageId] : [],
      ),
    ),
  );
}

/** Why the verdicts cannot be used, with the remedy; null when they can. */
export function obstacleTo(
  reader: Reader,
  { base, normals, anomalies, counts }: Verdicts,
): Failure | null {
  if (!hasReadOut(base)) {
    return new Failure(
      'bad-input',
      'A PatchCore model has no read-out that verdicts could fit. Review the list of another model.',
    );
  }
  if (anomalies.length < fewestConfirmed) {
    const withheld =
      counts.heldOut === 0
        ? ''
        : ` (${counts.heldOut} more on images that are held out to calibrate or validate do not count)`;
    return new Failure(
      'too-few-images',
      `At least ${fewestConfirmed} images confirmed as anomalous are needed, and there ` +
        `${anomalies.length === 1 ? 'is' : 'are'} ${anomalies.length}${withheld}. Judge more images of the list.`,
    );
  }
  const ids = (some: readonly DatasetItem[]) => JSON.stringify(idsOf(some));
  const same = listRuns(reader).findLast((run) => {
    if (run.method !== 'refit' || run.state !== 'succeeded' || run.modelId === null) return false;
    const { refit } = readRunConfig(run);
    return (
      refit?.model === base.model.id &&
      JSON.stringify(refit.images.normal) === ids(normals) &&
      JSON.stringify(refit.images.anomalous) === ids(anomalies)
    );
  });
  if (same === undefined) return null;
  return new Failure(
    'bad-input',
    `Model ${same.modelId} was fitted with these very verdicts. Judge more images of the list.`,
  );
}

/** Ascending. */
export function idsOf(some: readonly DatasetItem[]): number[] {
  return some.map(({ imageId }) => imageId).sort((a, b) => a - b);
}
