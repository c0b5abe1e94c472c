// The preview says what the import then does, writes nothing, and comes to an end.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { previewImport, type PreviewRequest } from '#core/import/preview.ts';
import { neverStop, type Stop, stopOf } from '#domain/stop.ts';
import type { Project } from './support/project.ts';
import { newProject } from './support/new-project.ts';
import { smallPng } from './support/write-png.ts';
import { writeZip } from './support/write-zip.ts';

async function plant(folder: string, paths: readonly string[]): Promise<void> {
  for (const [i, path] of paths.entries()) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), smallPng(i));
  }
}

function preview(
  { catalogue }: Project,
  request: PreviewRequest,
  stop: Stop = neverStop,
  limits?: { files: number; ms: number },
) {
  const datasetId = catalogue.findDataset('cells');
  const ports = {
    knownFile: (path: string) => catalogue.findFiles([path]).get(path),
    item: (hash: string) =>
      datasetId === undefined ? undefined : catalogue.findItems(datasetId, [hash]).get(hash),
  };
  return previewImport(request, stop, ports, limits);
}

/** What the dataset holds, counted as the preview counts. */
function counted(project: Project) {
  const count = (values: readonly (string | null)[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const value of values.map(String)) counts[value] = (counts[value] ?? 0) + 1;
    return counts;
  };
  const items = project.items();
  return {
    roles: count(items.map(({ role }) => role)),
    classes: count(items.map((item) => item.class)),
    groups: count(items.map(({ group }) => group)),
  };
}

function asCounts(
  list: readonly { value: string | null; count: number }[],
): Record<string, number> {
  return Object.fromEntries(list.map(({ value, count }) => [String(value), count]));
}

describe('a preview', () => {
  test.each<[string, readonly string[], Omit<PreviewRequest, 'paths'>]>([
    ['class folders', ['ig/a.png', 'ig/b.png', 'eo/c.png', 'd.png'], { role: 'normal' }],
    ['train and test', ['train/good/1.png', 'test/good/2.png', 'test/crack/3.png'], {}],
    ['groups of folders', ['anna/1.png', 'anna/2.png', 'bert/3.png'], { group: 'parent' }],
    ['groups of names', ['p1_a.png', 'p1_b.png', 'p2_a.png', 'x.png'], { group: '^.*/(p\\d)_' }],
  ])('of %s foretells roles, classes and groups', async (_, paths, options) => {
    const project = await newProject();
    await plant(project.files, paths);
    const seen = await preview(project, { paths: [project.files], ...options });
    expect(project.items()).toEqual([]);
    await project.import(project.files, options);
    expect({
      roles: asCounts(seen.roles),
      classes: asCounts(seen.classes),
      groups: asCounts(seen.groups),
    }).toEqual(counted(project));
    expect(seen).toMatchObject({ isComplete: true, images: paths.length, known: 0 });
  });

  test('reports files that are not images, empty ones and hidden ones, and writes nothing', async () => {
    const project = await newProject();
    await plant(project.files, ['a.png', 'b.png', 'train/good/c.png']);
    await writeFile(join(project.files, 'notes.txt'), 'Taken on a Monday.');
    await writeFile(join(project.files, 'empty.png'), '');
    await writeFile(join(project.files, '.hidden'), 'x');
    const before = await readdir(project.folder, { recursive: true });
    const seen = await preview(project, { paths: [project.files, join(project.files, 'gone')] });
    expect(seen).toMatchObject({
      ...{ images: 3, leftOut: { hidden: 1, masks: 0, system: 0 }, namesSplits: true },
      recognised: ['MVTec-style folders'],
    });
    expect(seen.problems.count).toBe(2);
    expect(seen.notImages).toMatchObject({
      count: 1,
      first: [{ reason: 'This is not an image but a text file.' }],
    });
    expect(
      seen.problems.first.map(({ path, reason }) => [path.split('/').at(-1), reason.slice(0, 30)]),
    ).toEqual([
      ['gone', 'There is no such file or folde'],
      ['empty.png', 'The file is empty. Copy it aga'],
    ]);
    expect(await readdir(project.folder, { recursive: true })).toEqual(before);
  });

  test('knows what was imported before, and what it is', async () => {
    const project = await newProject();
    await plant(project.files, ['a.png', 'b.png']);
    await project.import(join(project.files, 'a.png'), { role: 'anomaly' });
    const seen = await preview(project, { paths: [project.files] });
    expect(seen).toMatchObject({ images: 2, known: 1 });
    expect(asCounts(seen.roles)).toEqual({ anomaly: 1, unlabelled: 1 });
  });

  test('looks into an archive', async () => {
    const project = await newProject();
    const path = join(project.files, 'cells.zip');
    await writeFile(
      path,
      writeZip([
        { name: 'ig/a.png', data: smallPng(1) },
        { name: 'eo/b.png', data: smallPng(2) },
        { name: 'README', data: Buffer.from('About these cells.') },
      ]),
    );
    const seen = await preview(project, { paths: [path] });
    expect(asCounts(seen.classes)).toEqual({ ig: 1, eo: 1 });
    expect([seen.problems.count, seen.notImages.count]).toEqual([0, 1]);
    expect(seen.examples.map((example) => example.class)).toEqual(['ig', 'eo']);
  });

  test('ends by itself at its limits, and at once when its caller is gone', async () => {
    const project = await newProject();
    await plant(
      project.files,
      Array.from({ length: 60 }, (_, i) => `${i}.png`),
    );
    const request = { paths: [project.files] };
    const few = await preview(project, request, neverStop, { files: 10, ms: 60_000 });
    expect(few.isComplete).toBe(false);
    expect(few.images).toBe(11);
    const late = await preview(project, request, neverStop, { files: 1000, ms: 1 });
    expect(late.isComplete).toBe(false);
    expect(late.images).toBeLessThan(60);
    await expect(preview(project, request, stopOf(AbortSignal.abort()))).rejects.toMatchObject({
      code: 'stopped',
    });
    await expect(preview(project, { ...request, group: '(' })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });
});
