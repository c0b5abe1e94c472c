// Stores a snapshot of a dataset for a run: which images, with which role, group, domain and split. Later
// edits of the dataset do not change it; a snapshot of an unchanged dataset is the same one.

import { createHash } from 'node:crypto';
import { Failure } from '#domain/failure.ts';
import type { DatasetItem } from './items.ts';
import { groupsOnTwoSides } from './split.ts';

export interface SnapshotStore {
  /** undefined when there is no dataset of that name. */
  findDataset(name: string): number | undefined;
  items(datasetId: number): Iterable<DatasetItem>;
  findSnapshot(hash: string): number | undefined;
  /** In one transaction; the position of an item is its index. */
  addSnapshot(datasetId: number, hash: string, items: readonly DatasetItem[]): number;
}

export interface FrozenSnapshot {
  readonly id: number;
  /** SHA-256 over the sorted items' image hash, role, class, group, split and, if any, domain. */
  readonly hash: string;
  /** Sorted by image hash; an item's index is its position in the snapshot. */
  readonly items: readonly DatasetItem[];
}

/**
 * Throws `not-found` for an unknown dataset, `too-few-images` for an empty one and `bad-input` when
 * normal images of one group are on two sides of the split.
 */
export function freezeSnapshot(store: SnapshotStore, dataset: string): FrozenSnapshot {
  const datasetId = store.findDataset(dataset);
  if (datasetId === undefined) {
    throw new Failure(
      'not-found',
      `There is no dataset "${dataset}". Import images into it first.`,
    );
  }
  const items = [...store.items(datasetId)].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  if (items.length === 0) {
    throw new Failure(
      'too-few-images',
      `The dataset "${dataset}" is empty. Import images into it.`,
    );
  }
  const torn = groupsOnTwoSides(items);
  if (torn.length > 0) {
    throw new Failure(
      'bad-input',
      `In the dataset "${dataset}", normal images of the same group are on two sides of the ` +
        `split: ${torn.slice(0, 5).join(', ')}${torn.length > 5 ? ', …' : ''}. Import them again ` +
        'with one split for each group, or let the split be made automatically.',
    );
  }
  return storeSnapshot(store, datasetId, items);
}

/** Of a run that gives items another role or split than their dataset. */
export function storeSnapshot(
  store: Pick<SnapshotStore, 'findSnapshot' | 'addSnapshot'>,
  datasetId: number,
  chosen: readonly DatasetItem[],
): FrozenSnapshot {
  const items = [...chosen].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const hash = snapshotHash(items);
  const id = store.findSnapshot(hash) ?? store.addSnapshot(datasetId, hash, items);
  return { id, hash, items };
}

/** items: sorted by hash. */
function snapshotHash(items: readonly DatasetItem[]): string {
  const sum = createHash('sha256');
  for (const { hash, role, class: label, group, domain, split } of items) {
    // Left out where there is none, so that datasets without domains keep their hash.
    const last = domain === null ? [] : [domain];
    // JSON separates names with any characters unambiguously.
    sum.update(JSON.stringify([hash, role, label, group, split, ...last]) + '\n');
  }
  return sum.digest('hex');
}
