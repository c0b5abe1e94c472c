// A defective file affects only itself, and is reported with a readable reason (R13).

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { plantBadFiles } from './support/bad-files.ts';
import { goodFiles } from './support/good-files.ts';
import { newProject } from './support/new-project.ts';
import { smallPng } from './support/write-png.ts';

/** Words of libraries and of the system, which no reason may hold. */
const foreignWords =
  /vips|sharp|libspng|libtiff|VipsJpeg|errno|E[A-Z]{4,}|Error|undefined|null|NaN/;

const plainlyNoImages = ['film.mp4', 'letter.docx', 'page.html', 'paper.pdf', 'volume.h5'];

test('every bad file is reported with its path and reason, and the good ones are imported', async () => {
  const project = await newProject();
  const planted = await plantBadFiles(project.files);
  expect(planted.size).toBeGreaterThanOrEqual(100);
  const good = await goodFiles(7);
  for (const [name, content] of Object.entries(good)) {
    await writeFile(join(project.files, `good ${name}`), content);
  }
  const result = await project.import(project.files, { role: 'normal' });
  console.log(`${planted.size} bad files planted, ${result.failed.length} reported.`);

  // What is no image by its name either is counted apart.
  const others = result.notImages.first.map(({ path }) => basename(path));
  expect(others.sort()).toEqual(plainlyNoImages);
  expect(result.notImages.count).toBe(others.length);
  const refused = [...result.failed, ...result.notImages.first];
  const reported = new Map(refused.map(({ path, reason }) => [path, reason]));
  expect([...reported.keys()].sort()).toEqual([...planted.keys()].sort());
  expect(refused).toHaveLength(planted.size);
  for (const [path, words] of planted) {
    const reason = reported.get(path);
    expect({ path, reason }).toEqual({ path, reason: expect.stringMatching(words) as string });
    expect(reason).not.toMatch(foreignWords);
  }
  expect(result.imported).toBe(Object.keys(good).length);
  expect(project.items()).toHaveLength(Object.keys(good).length);
  expect(project.storedProblems()).toEqual(result.failed);
});

test('a file is recognised by its content, not by its name', async () => {
  const project = await newProject();
  const extensions = ['png', 'tif', 'webp', 'bmp', 'jpg'];
  const good = Object.entries(await goodFiles(3));
  for (const [i, [name, content]] of good.entries()) {
    const wrong = extensions.filter((extension) => !name.endsWith(extension));
    await writeFile(join(project.files, `${i}.${wrong[i % wrong.length]!}`), content);
  }
  const { imported, failed } = await project.import(project.files);
  expect({ imported, failed }).toEqual({ imported: good.length, failed: [] });
});

test('a file that vanishes during the import is reported', async () => {
  const project = await newProject();
  const paths = Array.from({ length: 200 }, (_, i) =>
    join(project.files, `${String(i).padStart(3, '0')}.png`),
  );
  for (const [i, path] of paths.entries()) await writeFile(path, smallPng(i));
  let removing: Promise<void> | undefined;
  const table = join(project.files, 'table.csv');
  await writeFile(table, ['path', ...paths].join('\n'));
  const { imported, failed } = await project.import(table, {
    report: ({ done }) => {
      if (done === 1) removing ??= rm(paths[150]!);
    },
  });
  await removing;
  expect(imported).toBe(199);
  expect(failed).toEqual([
    {
      path: paths[150],
      code: 'not-found',
      reason: expect.stringMatching(/^The file vanished|^There is no such file/) as string,
    },
  ]);
});

test('without any image no dataset is created, and an existing one is not changed', async () => {
  const project = await newProject();
  const text = join(project.files, 'notes.txt');
  await writeFile(text, 'No image.');
  const empty = join(project.files, 'empty');
  await mkdir(empty);
  for (const path of [join(project.files, 'missing'), empty, text]) {
    expect(await project.import(path, { dataset: 'typo' })).toMatchObject({ imported: 0 });
    expect(project.catalogue.findDataset('typo')).toBeUndefined();
  }
  expect(project.storedProblems()).toMatchObject([{ path: text }]);
  const sound = join(project.files, 'sound.png');
  await writeFile(sound, smallPng(1));
  await project.import(sound);
  const before = project.items();
  await project.import(join(project.files, 'missing'));
  expect(project.items()).toEqual(before);
});

test('a path that does not exist, or is not a file, is reported and the others are imported', async () => {
  const project = await newProject();
  await mkdir(join(project.files, 'empty'));
  const sound = join(project.files, 'sound.png');
  await writeFile(sound, smallPng(1));
  const missing = join(project.files, 'missing');
  const { imported, failed } = await project.import([
    missing,
    '/dev/null',
    join(project.files, 'empty'),
    sound,
  ]);
  expect(imported).toBe(1);
  expect(failed).toMatchObject([
    {
      path: missing,
      code: 'not-found',
      reason: 'There is no such file or folder. Check the path.',
    },
    { path: '/dev/null', code: 'unreadable-image' },
  ]);
  expect(await readFile(sound)).toEqual(smallPng(1));
});
