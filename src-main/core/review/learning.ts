// Makes verdicts into what the next training learns: confirmed anomalies into outliers, confirmed normals into normal
// images. Nothing is both taught and tested: what is taught leaves the test, which says how much it keeps.

import type { ConfirmedAnomalies, ConfirmedNormals } from '#contract/learning.ts';
import type { coreMethods } from '#contract/core.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { Edits } from '../edits/edits.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { ProjectDatabase, Reader, Writer } from '../store/database.ts';
import { freeName, noteAdded, noteDataset, noteRemoved } from '../store/images/dataset-edits.ts';
import { ensureDataset, findDataset, items, listDatasets } from '../store/images/datasets.ts';
import { noteItems } from '../store/images/item-edits.ts';
import { standingReviews } from '../store/reviews.ts';

type LearningMethods = Pick<
  HandlersOf<typeof coreMethods>,
  'learning.offer' | 'learning.useAnomalies' | 'learning.useNormals'
>;

export interface LearningPorts {
  readonly database: ProjectDatabase;
  readonly edits: Edits;
}

/** Where `useAnomalies` puts them unless it is told another name. */
const sourceName = 'confirmed anomalies';

export function learningMethods({ database, edits }: LearningPorts): LearningMethods {
  return {
    'learning.offer': ({ dataset }) =>
      database.read((reader) => ({
        anomalies: countsOf(anomaliesIn(reader, sourceName)),
        normals: normalCounts(normalsIn(reader, dataset)),
      })),
    'learning.useAnomalies': ({ name, move }) => useAnomalies(edits, name, move),
    'learning.useNormals': ({ dataset, move }) => useNormals(edits, dataset, move),
  };
}

interface Anomalies {
  /** Of every image with the verdict. */
  readonly imageIds: readonly number[];
  /** Of those that a dataset tests with, or teaches as normal, by its id. */
  readonly conflicts: ReadonlyMap<number, readonly DatasetItem[]>;
  readonly testKeeps: number;
}

/** Apart from the source itself. */
function anomaliesIn(reader: Reader, source: string): Anomalies {
  const confirmed = idsJudged(reader, 'anomalous');
  const conflicts = new Map<number, readonly DatasetItem[]>();
  const kept = new Set<number>();
  for (const { name } of listDatasets(reader)) {
    if (name === source) continue;
    const id = findDataset(reader, name)!;
    const all = items(reader, id);
    const found = all.filter((item) => confirmed.has(item.imageId) && isConflict(item));
    if (found.length === 0) continue;
    conflicts.set(id, found);
    for (const { imageId, role, split } of all) {
      if (role === 'anomaly' && split === 'test' && !confirmed.has(imageId)) kept.add(imageId);
    }
  }
  return { imageIds: [...confirmed], conflicts, testKeeps: kept.size };
}

/** Whether an outlier that is the same image would contradict the item. */
function isConflict({ role, split }: DatasetItem): boolean {
  return split === 'test' || (role === 'normal' && split !== 'none');
}

function countsOf({ imageIds, conflicts, testKeeps }: Anomalies): ConfirmedAnomalies {
  const all = [...conflicts.values()].flat();
  const count = (some: readonly DatasetItem[]) => new Set(some.map(({ imageId }) => imageId)).size;
  return {
    images: imageIds.length,
    inTest: count(all.filter(({ split }) => split === 'test')),
    asNormal: count(all.filter(({ split }) => split !== 'test')),
    testKeeps,
  };
}

function useAnomalies(edits: Edits, source: string, move: boolean) {
  let [images, added, moved] = [0, 0, 0];
  const state = edits.editDatasets('Use confirmed anomalies as outliers', (writer, editId, now) => {
    const { imageIds, conflicts } = anomaliesIn(writer, source);
    const all = [...conflicts.values()].flat();
    const tested = new Set(all.filter(({ split }) => split === 'test').map((i) => i.imageId));
    const used = move ? imageIds : imageIds.filter((imageId) => !tested.has(imageId));
    const isNew = findDataset(writer, source) === undefined;
    if (isNew && used.length === 0) return false;
    const datasetId = ensureDataset(writer, source, now);
    if (isNew) {
      // Undone, it leaves the name free.
      const from = freeName(writer, `${source} (undone)`);
      noteDataset(writer, editId, datasetId, { from }, { before: false, after: true });
    }
    const before = items(writer, datasetId).map(({ imageId }) => imageId);
    added = noteAdded(writer, editId, datasetId, used, { role: 'outlier', split: 'train' });
    const staying = new Set(used);
    const left = before.filter((imageId) => !staying.has(imageId));
    const removed = noteRemoved(writer, editId, datasetId, left);
    moved = leaveOut(writer, editId, conflicts, staying);
    images = used.length;
    return isNew || added + removed + moved > 0;
  });
  return { source, images, added, moved, state };
}

/** Returns how many images, of whatever dataset, get the split "none". */
function leaveOut(
  writer: Writer,
  editId: number,
  conflicts: Anomalies['conflicts'],
  staying: ReadonlySet<number>,
): number {
  const moved = new Set<number>();
  for (const [datasetId, found] of conflicts) {
    const imageIds = found.map(({ imageId }) => imageId).filter((id) => staying.has(id));
    noteItems(writer, editId, { datasetId, imageIds }, { split: 'none' }, null);
    for (const imageId of imageIds) moved.add(imageId);
  }
  return moved.size;
}

interface Normals {
  /** To be taught. */
  readonly free: readonly DatasetItem[];
  readonly inTest: readonly DatasetItem[];
  readonly groupsHeldOut: readonly DatasetItem[];
  readonly testKeeps: number;
}

/** Throws `not-found`. */
function normalsIn(reader: Reader, dataset: string): Normals {
  const confirmed = idsJudged(reader, 'normal');
  const all = items(reader, datasetNamed(reader, dataset));
  // Normal images of one group must stay on one side of the split.
  const heldOut = new Set(
    all.flatMap(({ imageId, role, split, group }) =>
      group !== null &&
      role === 'normal' &&
      (split === 'calibrate' || (split === 'test' && !confirmed.has(imageId)))
        ? [group]
        : [],
    ),
  );
  const asked = all.filter(
    ({ imageId, role, split }) =>
      confirmed.has(imageId) &&
      !(role === 'normal' && (split === 'train' || split === 'calibrate')),
  );
  const held = asked.filter(({ group }) => group !== null && heldOut.has(group));
  const open = asked.filter((item) => !held.includes(item));
  const inTest = open.filter(({ split }) => split === 'test');
  return {
    ...{ inTest, groupsHeldOut: held },
    free: open.filter(({ split }) => split !== 'test'),
    testKeeps: all.filter(({ split }) => split === 'test').length - inTest.length,
  };
}

function normalCounts({ free, inTest, groupsHeldOut, testKeeps }: Normals): ConfirmedNormals {
  return {
    ...{ images: free.length + inTest.length, inTest: inTest.length, testKeeps },
    groupsHeldOut: groupsHeldOut.length,
  };
}

function useNormals(edits: Edits, dataset: string, move: boolean) {
  let [changed, moved] = [0, 0];
  const words = `Use confirmed normals of ${dataset} as normal`;
  const state = edits.editDatasets(words, (writer, editId) => {
    const { free, inTest } = normalsIn(writer, dataset);
    // Without a move, a group that is tested stays whole.
    const tested = new Set(inTest.flatMap(({ group }) => group ?? []));
    const some = move
      ? [...free, ...inTest]
      : free.filter(({ group }) => group === null || !tested.has(group));
    const imageIds = some.map(({ imageId }) => imageId);
    const meant = { datasetId: datasetNamed(writer, dataset), imageIds };
    changed = noteItems(writer, editId, meant, { role: 'normal', split: 'train' }, null);
    moved = move ? inTest.length : 0;
    return changed > 0;
  });
  return { changed, moved, state };
}

function idsJudged(reader: Reader, verdict: 'normal' | 'anomalous'): ReadonlySet<number> {
  return new Set(
    [...standingReviews(reader).values()].flatMap((one) =>
      one.verdict === verdict ? [one.imageId] : [],
    ),
  );
}
