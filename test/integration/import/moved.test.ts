// Files that moved, files that hold other content, and names that a dataset shows.

import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noteReplaced } from '#core/archives/replaced-files.ts';
import { checkFiles } from '#core/places/check-files.ts';
import { relink } from '#core/places/relink.ts';
import { imagePage } from '#core/store/images/image-pages.ts';
import { addressesOf } from '#core/store/images/addresses.ts';
import { duplicates } from '#core/store/images/duplicates.ts';
import { neverStop, StopSource } from '#domain/stop.ts';
import { newProject } from './support/new-project.ts';
import type { Project } from './support/project.ts';
import { smallPng } from './support/write-png.ts';
import { writeZip } from './support/write-zip.ts';

async function plant(folder: string, names: readonly string[], from = 0): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, name] of names.entries()) {
    await writeFile(join(folder, name), smallPng(from + index));
  }
}

/** The paths that the dataset shows, as the window and the exported table do; `text` searches. */
function shown(project: Project, dataset = 'cells', text?: string): string[] {
  const datasetId = project.catalogue.findDataset(dataset)!;
  const asked = { datasetId, filter: text === undefined ? {} : { text }, score: undefined };
  return project.database
    .read((reader) => imagePage(reader, { ...asked, order: 'path', offset: 0, limit: 100 }))
    .images.map(({ path }) => path);
}

const names = ['m0.png', 'm1.png', 'm2.png'];
const ports = (project: Project) => ({
  catalogue: project.catalogue,
  projectFolder: project.folder,
});
const quiet = { stop: neverStop, report: () => undefined };

describe('a folder that was renamed and imported again', () => {
  test('is shown where it is, in every dataset that has its images', async () => {
    const project = await newProject();
    const [before, after] = [join(project.files, 'images'), join(project.files, 'renamed')];
    await plant(before, names);
    await project.import(before, { role: 'normal' });
    await project.import(before, { role: 'normal', dataset: 'pack' });
    await rename(before, after);
    const again = await project.import(after);
    expect([again.imported, again.duplicates]).toEqual([0, 3]);
    for (const dataset of ['cells', 'pack']) {
      expect(shown(project, dataset)).toEqual(names.map((name) => join(after, name)));
    }
    // A move is no duplicate.
    expect(project.database.read((reader) => duplicates(reader, null, 10)).total).toBe(0);
    expect(project.items().map(({ role }) => role)).toEqual(['normal', 'normal', 'normal']);
  });

  test('is shown at the newest place while older copies are there', async () => {
    const project = await newProject();
    await plant(join(project.files, 'a'), names);
    await project.import(join(project.files, 'a'));
    await plant(join(project.files, 'b'), names);
    await project.import(join(project.files, 'b'));
    expect(shown(project)).toEqual(names.map((name) => join(project.files, 'b', name)));
    await project.import(join(project.files, 'a'));
    expect(shown(project)).toEqual(names.map((name) => join(project.files, 'a', name)));
  });

  test('keeps tiles with their file', async () => {
    const project = await newProject();
    await plant(join(project.files, 'a'), ['field.png']);
    await project.import(join(project.files, 'a'), { tiles: { side: 8, overlap: 0 } });
    await rename(join(project.files, 'a'), join(project.files, 'b'));
    await project.import(join(project.files, 'b'), { tiles: { side: 8, overlap: 0 } });
    const paths = shown(project);
    expect(paths.length).toBeGreaterThan(0);
    const file = join(project.files, 'b', 'field.png');
    expect(paths.filter((path) => !path.startsWith(file))).toEqual([]);
  });
});

test('a dataset shows and finds an image under the name with which it came into it', async () => {
  const project = await newProject();
  await plant(join(project.files, 'five'), ['BNE_101007.png']);
  await plant(join(project.files, 'other'), ['Experiment_1.png']);
  await project.import(join(project.files, 'five'), { dataset: 'five' });
  await project.import(join(project.files, 'other'), { dataset: 'other' });
  const paths = [
    join(project.files, 'five', 'BNE_101007.png'),
    join(project.files, 'other', 'Experiment_1.png'),
  ];
  expect([shown(project, 'five'), shown(project, 'other')]).toEqual([[paths[0]], [paths[1]]]);
  expect(shown(project, 'other', 'experiment')).toEqual([paths[1]]);
  expect(shown(project, 'other', 'BNE')).toEqual([]);
  expect(shown(project, 'five', 'BNE')).toEqual([paths[0]]);
  const { imageId } = project.items('five')[0]!;
  expect(project.database.read((reader) => addressesOf(reader, imageId)).sort()).toEqual(paths);
});

describe('a file with new content under its name, size and time', () => {
  async function replaced(project: Project): Promise<string[]> {
    const folder = join(project.files, 'a');
    const time = new Date('2026-01-01T00:00:00Z');
    await plant(folder, names);
    for (const name of names) await utimes(join(folder, name), time, time);
    await project.import(folder, { role: 'normal', group: 'parent' });
    const before = project.items().map(({ hash }) => hash);
    for (const [index, name] of names.entries()) {
      const { size } = await stat(join(folder, name));
      const bytes = smallPng(50 + index);
      expect(bytes.length).toBe(size);
      await writeFile(join(folder, name), bytes);
      await utimes(join(folder, name), time, time);
    }
    return before;
  }

  test('is found once a read has found other content', async () => {
    const project = await newProject();
    const before = await replaced(project);
    await noteReplaced(project.folder);
    const {
      imported,
      duplicates: seen,
      recognised,
    } = await project.import(join(project.files, 'a'));
    expect([imported, seen]).toEqual([3, 0]);
    expect(recognised.join()).toMatch(
      /3 files with other content than before: datasets show the new/,
    );
    const items = project.items();
    expect(items).toHaveLength(3);
    expect(items.filter(({ hash }) => before.includes(hash))).toEqual([]);
    expect(items.map(({ role, group }) => [role, group])).toEqual(names.map(() => ['normal', 'a']));
    // The old images stay in the catalogue, with their verdicts.
    expect(project.catalogue.findImages(before).size).toBe(3);
    // Size and time are believed again.
    const again = await project.import(join(project.files, 'a'));
    expect([again.imported, again.duplicates]).toEqual([0, 3]);
  });

  test('moves the entry of other datasets too, but not where the old content is elsewhere', async () => {
    const project = await newProject();
    await plant(join(project.files, 'copy'), ['m0.png']);
    await project.import(join(project.files, 'copy'), { dataset: 'copy' });
    await plant(join(project.files, 'a'), names);
    await project.import(join(project.files, 'a'), { dataset: 'pack', role: 'outlier' });
    await replaced(project);
    await noteReplaced(project.folder);
    await project.import(join(project.files, 'a'));
    const pack = project.items('pack');
    const old = project.items('copy')[0]!.hash;
    expect(pack.map(({ role }) => role)).toEqual(['outlier', 'outlier', 'outlier']);
    // m0.png of "pack" is still in the folder "copy".
    expect(pack.map(({ hash }) => hash)).toContain(old);
    expect(shown(project, 'pack')).toContain(join(project.files, 'copy', 'm0.png'));
  });
});

describe('relinking', () => {
  test('finds what was moved by content, whatever its name, and nothing else', async () => {
    const project = await newProject();
    const folder = join(project.files, 'images');
    await plant(folder, [...names, 'gone.png']);
    await project.import(folder, { role: 'normal' });
    expect(await checkFiles(project.catalogue, project.folder, neverStop)).toEqual({
      lost: 0,
      folders: [],
    });
    const moved = join(project.files, '..', 'archive of 2026');
    await mkdir(join(moved, 'deep'), { recursive: true });
    await copyFile(join(folder, 'm0.png'), join(moved, 'deep', 'm0.png'));
    await copyFile(join(folder, 'm0.png'), join(moved, 'another name.png'));
    await copyFile(join(folder, 'm1.png'), join(moved, 'other.dat'));
    await copyFile(join(folder, 'm2.png'), join(moved, 'deep', 'm2.png'));
    // The size of a lost image, but another content.
    await writeFile(join(moved, 'gone.png'), smallPng(99));
    await rm(folder, { recursive: true });
    expect(await checkFiles(project.catalogue, project.folder, neverStop)).toEqual({
      lost: 4,
      folders: [{ folder, lost: 4 }],
    });
    const notes: (string | null)[] = [];
    const report = ({ note }: { note: string | null }) => void notes.push(note);
    const result = await relink([moved], { stop: neverStop, report }, ports(project));
    expect(result).toEqual({ lost: 4, found: 3, missing: [join(folder, 'gone.png')] });
    expect(shown(project)).toEqual([
      join(moved, 'deep', 'm0.png'),
      join(moved, 'deep', 'm2.png'),
      join(moved, 'other.dat'),
      join(folder, 'gone.png'),
    ]);
    expect(notes.at(-1)).toBe('3 of 4 found');
    // When the files are back where they were, nothing is lost.
    await plant(folder, [...names, 'gone.png']);
    expect((await checkFiles(project.catalogue, project.folder, neverStop)).lost).toBe(0);
  });

  test('finds members of an archive that moved, and stops where it is told to', async () => {
    const project = await newProject();
    const zip = join(project.files, 'a.zip');
    const bytes = writeZip(names.map((name, index) => ({ name, data: smallPng(index) })));
    await writeFile(zip, bytes);
    await project.import(zip);
    await rm(join(project.folder, 'cache', 'originals'), { recursive: true });
    const elsewhere = join(project.files, 'elsewhere');
    await mkdir(elsewhere);
    await rename(zip, join(elsewhere, 'b.zip'));
    const stop = new StopSource();
    stop.stop();
    await expect(relink([elsewhere], { ...quiet, stop }, ports(project))).rejects.toThrow();
    expect(await relink([elsewhere], quiet, ports(project))).toEqual({
      ...{ lost: 3, found: 3, missing: [] },
    });
    expect(shown(project)).toEqual(names.map((name) => `${join(elsewhere, 'b.zip')}!/${name}`));
    expect(await readdir(join(project.folder, 'cache', 'incoming'))).toEqual([]);
  });

  test('is not needed while another copy is there', async () => {
    const project = await newProject();
    await plant(join(project.files, 'a'), names);
    await plant(join(project.files, 'b'), names);
    await project.import(join(project.files, 'a'), { dataset: 'first' });
    await project.import(join(project.files, 'b'), { dataset: 'second' });
    await rm(join(project.files, 'a'), { recursive: true });
    expect((await checkFiles(project.catalogue, project.folder, neverStop)).lost).toBe(0);
    const there = names.map((name) => join(project.files, 'b', name));
    expect([shown(project, 'first'), shown(project, 'second')]).toEqual([there, there]);
  });

  test('names a folder that is not there, and changes nothing without lost images', async () => {
    const project = await newProject();
    await plant(join(project.files, 'a'), names);
    await project.import(join(project.files, 'a'));
    const nowhere = join(project.files, 'nowhere');
    await expect(relink([nowhere], quiet, ports(project))).rejects.toThrow(
      `There is no folder ${nowhere}.`,
    );
    expect(await relink([project.files], quiet, ports(project))).toEqual({
      ...{ lost: 0, found: 0, missing: [] },
    });
    expect((await readFile(join(project.files, 'a', 'm0.png'))).length).toBeGreaterThan(0);
  });
});
