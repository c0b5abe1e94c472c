// Sides and snapshots of a dataset that grows by imports.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { freezeSnapshot } from '#core/datasets/snapshot.ts';
import { groupsOnTwoSides } from '#core/datasets/split.ts';
import { ensureDataset } from '#core/store/images/datasets.ts';
import { snapshotItems } from '#core/store/runs/snapshots.ts';
import { newProject } from './support/new-project.ts';
import type { Project } from './support/project.ts';
import { smallPng } from './support/write-png.ts';

/** `groups` folders of `each` images. */
async function plant(project: Project, groups: readonly string[], each: number): Promise<void> {
  for (const group of groups) {
    for (let i = 0; i < each; i++) {
      const path = join(project.files, group, `${i}.png`);
      await mkdir(dirname(path), { recursive: true });
      const seed = 1000 * Number(/\d+/.exec(group)?.[0] ?? 0) + i;
      await writeFile(path, smallPng(seed));
    }
  }
}

const sides = (project: Project) =>
  new Map(project.items().map(({ hash, split }) => [hash, split]));
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `p${from + i}`);

test('groups stay whole, every side is filled, and images that come later move nothing', async () => {
  const project = await newProject();
  let before = new Map<string, string>();
  for (const [from, to, filled] of [
    // Of twelve images training keeps the eight that it needs, and one group sets the threshold.
    [0, 3, ['train', 'calibrate']],
    [3, 8, ['train', 'calibrate', 'test']],
    [8, 20, ['train', 'calibrate', 'test']],
  ] as const) {
    await plant(project, numbered(from, to), 4);
    await project.import(project.files, { role: 'normal', group: 'parent', seed: 11 });
    expect(groupsOnTwoSides(project.items())).toEqual([]);
    const now = sides(project);
    expect(new Set(now.values())).toEqual(new Set(filled));
    for (const [hash, side] of before) expect(now.get(hash)).toBe(side);
    before = now;
  }
  // Later images of a known group follow it, also under another seed.
  await plant(project, ['p1'], 9);
  await project.import(project.files, { role: 'normal', group: 'parent', seed: 99 });
  expect(groupsOnTwoSides(project.items())).toEqual([]);
  for (const [hash, side] of before) expect(sides(project).get(hash)).toBe(side);
});

test('images without groups keep their sides, also when they are imported again alone', async () => {
  const project = await newProject();
  await plant(project, ['p0'], 3);
  await project.import(project.files, { role: 'normal' });
  const first = sides(project);
  expect(new Set(first.values())).toEqual(new Set(['train', 'calibrate', 'test']));
  await plant(project, ['p1'], 60);
  await project.import(project.files, { role: 'normal' });
  const { recognised } = await project.import(join(project.files, 'p0'), { role: 'normal' });
  expect(recognised).toEqual([]);
  for (const [hash, side] of first) expect(sides(project).get(hash)).toBe(side);
});

test('a side that the user named is not changed to fill another', async () => {
  const project = await newProject();
  await plant(project, numbered(0, 4), 3);
  await project.import(project.files, { role: 'normal', split: 'train', group: 'parent' });
  await writeFile(join(project.files, 'odd.png'), smallPng(99_999));
  await project.import(join(project.files, 'odd.png'), { role: 'anomaly' });
  const normals = project.items().filter(({ role }) => role === 'normal');
  expect(new Set(normals.map(({ split }) => split))).toEqual(new Set(['train']));
});

test('a snapshot is the same for the same dataset, and differs after any edit', async () => {
  const project = await newProject();
  await plant(project, numbered(0, 4), 3);
  await project.import(project.files, { role: 'normal', group: 'parent' });
  const first = freezeSnapshot(project.catalogue, 'cells');
  expect(freezeSnapshot(project.catalogue, 'cells')).toEqual(first);
  await project.import(project.files, { role: 'normal', group: 'parent' });
  expect(freezeSnapshot(project.catalogue, 'cells')).toEqual(first);

  // The same files in another project, written in another order, freeze to the same hash.
  const other = await newProject();
  await plant(other, numbered(0, 4).reverse(), 3);
  await other.import(other.files, { role: 'normal', group: 'parent' });
  expect(freezeSnapshot(other.catalogue, 'cells').hash).toBe(first.hash);

  const hashes = new Set([first.hash]);
  const one = join(project.files, 'p0', '0.png');
  for (const edit of [
    { role: 'normal', split: 'none' },
    { role: 'anomaly' },
    { role: 'anomaly', group: '(\\d)\\.png' },
    { role: 'anomaly', split: 'none' },
  ] as const) {
    await project.import(one, edit);
    hashes.add(freezeSnapshot(project.catalogue, 'cells').hash);
  }
  await writeFile(join(project.files, 'new.png'), smallPng(88_888));
  await project.import(join(project.files, 'new.png'));
  const last = freezeSnapshot(project.catalogue, 'cells');
  expect(hashes.add(last.hash).size).toBe(6);

  // What is frozen stays, in its order.
  const kept = project.database.read((reader) => snapshotItems(reader, first.id));
  expect(kept).toEqual(first.items);
  expect(first.items.map(({ hash }) => hash)).toEqual(
    [...first.items.map(({ hash }) => hash)].sort(),
  );
});

test('no snapshot is made of a dataset with a divided group, without images or without a name', async () => {
  const project = await newProject();
  const freeze = (name: string) => () => freezeSnapshot(project.catalogue, name);
  expect(freeze('cells')).toThrow(/There is no dataset "cells"/);
  // As earlier versions left it after an import that found no image.
  project.database.transact((writer) => ensureDataset(writer, 'cells', '2026-11-24T12:00:00Z'));
  expect(freeze('cells')).toThrow(/The dataset "cells" is empty/);
  await plant(project, ['p1'], 2);
  await project.import(join(project.files, 'p1', '0.png'), {
    role: 'normal',
    group: 'parent',
    split: 'train',
  });
  await project.import(join(project.files, 'p1', '1.png'), {
    role: 'normal',
    group: 'parent',
    split: 'test',
  });
  expect(freeze('cells')).toThrow(
    /the same group are on two sides of the split: p1\. Import them again/,
  );
});
