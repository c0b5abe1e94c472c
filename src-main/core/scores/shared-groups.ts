// Leakage by group: test images of a patient, slide or plate that the model knows look more like what it has
// learnt than new ones will, so that figures with them flatter.

import type { Evaluation } from '#contract/core.ts';
import type { SharedGroups } from '#contract/evaluation.ts';
import { count, counted } from '#domain/figures.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { isCalibrationNormal, isTrainingNormal, servesAsOutlier } from '../runs/run-items.ts';
import type { Reader } from '../store/database.ts';
import { runSources, type StoredRun } from '../store/runs/runs.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';

/**
 * The groups that flatter figures, by name, also across datasets: a patient stays the same patient. A test
 * normal of a training normal's group looks more normal than one of a new group, and a test anomaly of a
 * training outlier's group stranger. An anomaly of a training normal's group does not flatter: if anything
 * it looks more normal.
 */
export interface KnownGroups {
  /** Of normals that the run was trained or calibrated on. */
  readonly ofNormals: ReadonlySet<string>;
  /** Of images that it was trained on as outliers. */
  readonly ofOutliers: ReadonlySet<string>;
}

export function knownGroups(reader: Reader, run: StoredRun): KnownGroups {
  const groups = (snapshotId: number, fits: (item: DatasetItem) => boolean) =>
    snapshotItems(reader, snapshotId).flatMap((item) =>
      item.group !== null && fits(item) ? [item.group] : [],
    );
  const isLearnt = (item: DatasetItem) => isTrainingNormal(item) || isCalibrationNormal(item);
  return {
    ofNormals: new Set(groups(run.snapshotId, isLearnt)),
    ofOutliers: new Set(
      runSources(reader, run.id).flatMap(({ snapshotId }) => groups(snapshotId, servesAsOutlier)),
    ),
  };
}

/** Leaves out the images of these groups where others remain. */
export function withoutSharedGroups(
  images: readonly DatasetItem[],
  groups: ReadonlySet<string>,
): { readonly counted: readonly DatasetItem[]; readonly shared: SharedGroups } {
  const isShared = ({ group }: DatasetItem) => group !== null && groups.has(group);
  const known = images.filter(isShared);
  const others = images.filter((item) => !isShared(item));
  const counted = others.length > 0 ? others : images;
  return {
    counted,
    shared: {
      groups: [...new Set(known.map(({ group }) => group!))].sort(),
      ...{ images: known.length, leftOut: images.length - counted.length },
    },
  };
}

/** The most groups that a message names. */
const mostNamed = 5;

/** A message for each kind of image that has some. */
export function sharedGroupWarnings(shared: Evaluation['shared']): readonly string[] {
  return (['normal', 'anomalous'] as const).flatMap((kind) => {
    const { groups, images, leftOut } = shared[kind];
    if (images === 0) return [];
    const more = groups.length > mostNamed ? ` and ${count(groups.length - mostNamed)} more` : '';
    const [share, their] = images === 1 ? ['shares', 'its'] : ['share', 'their'];
    const what =
      `${counted(images, `${kind} test image`)} ${share} a group with training images ` +
      `(${groups.slice(0, mostNamed).join(', ')}${more}), and ${their} figures flatter`;
    return leftOut > 0
      ? [`${what}: not counted here.`]
      : [`${what}: counted all the same, because there are no others. Import some of new groups.`];
  });
}
