// The table of classes in the preview of an import: counts, roles with their reasons, and examples whose
// thumbnails exist before anything is imported.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ImportPreview } from '#contract/import/import-preview.ts';
import { openProject } from '../../core/project.ts';
import { newFolder } from '../support/new-project.ts';
import { cells, maskPng, numbered, plantFiles } from './pictures.ts';

const rows = ({ classTable }: ImportPreview) =>
  classTable.map(({ name, images, role, reason }) => [name, images, role, reason]);

test('says what each class is and why, and shows five of its images', async () => {
  const root = await newFolder();
  const files = join(root, 'files');
  await plantFiles(files, {
    ...cells(numbered(9, 'good/', '.png')),
    ...cells(numbered(3, 'bad/', '.png'), 20),
    ...cells(['drug A/1.png', 'x.png'], 30),
    ...{ 'masks/1.png': maskPng(1), 'a.7z': '7z\xbc', 'notes.txt': 'x', 'Thumbs.db': 'x' },
  });
  const { app, client } = await openProject(join(root, 'P.normscope'));
  const asked = { paths: [files], dataset: 'd' };
  const seen = await client.call('images.preview', asked);
  expect(rows(seen)).toEqual([
    ['good', 9, 'normal', 'the folder "good"'],
    ['bad', 3, 'anomaly', 'the folder "bad"'],
    [null, 1, 'unlabelled', null],
    ['drug A', 1, 'unlabelled', null],
  ]);
  expect(seen).toMatchObject({
    ...{ images: 14, contradictions: 0, problems: { count: 0 }, notImages: { count: 2 } },
    leftOut: { masks: 1, system: 1, hidden: 0, projects: 0, skipped: 0 },
  });
  const { examples } = seen.classTable[0]!;
  expect(examples).toHaveLength(5);
  expect(examples.every(({ hash }) => hash === null)).toBe(true);

  const paths = [...examples.map(({ path }) => path), join(files, 'notes.txt')];
  const previewed = await client.call('images.previewThumbnails', { paths });
  expect(previewed.map(({ path }) => path)).toEqual(paths);
  const hashes = previewed.map(({ hash }) => hash);
  expect(hashes.at(-1)).toBeNull();
  for (const hash of hashes.slice(0, -1)) {
    const picture = await app.picture({ kind: 'thumb', hash: hash!, look: undefined });
    expect(picture).toMatchObject({ type: 'image/webp' });
    expect(await app.picture({ kind: 'image', hash: hash!, look: undefined })).toBeUndefined();
  }
  expect(await client.call('datasets.list', {})).toEqual([]);
  expect(await readdir(join(root, 'P.normscope', 'cache', 'thumbnails')).catch(() => [])).toEqual(
    [],
  );

  const chosen = await client.call('images.preview', {
    ...asked,
    ...{ role: 'normal', masks: 'take' },
    classRoles: [
      { class: 'drug A', role: 'anomaly' },
      { class: null, role: 'skip' },
    ],
  });
  expect(rows(chosen)).toEqual([
    ['good', 9, 'normal', 'the choice for all images'],
    ['bad', 3, 'anomaly', 'the folder "bad"'],
    ['drug A', 1, 'anomaly', 'the choice for its class'],
    ['masks', 1, 'normal', 'the choice for all images'],
  ]);
  expect(chosen).toMatchObject({ contradictions: 3, leftOut: { skipped: 1, masks: 0 } });
});
