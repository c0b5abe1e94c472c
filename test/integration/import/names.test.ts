// Files of any name are imported, and read again for the network under that name.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { writePixelShards } from '#core/datasets/pixel-shards.ts';
import { neverStop } from '#domain/stop.ts';
import { newProject } from './support/new-project.ts';
import { smallPng } from './support/write-png.ts';
import { writeTar } from './support/write-tar.ts';
import { writeZip } from './support/write-zip.ts';

/** Without "/" and NUL, which no name can hold. */
const names = [
  'two words.png',
  ' space in front.png',
  'space behind ',
  'Zellbild Größe µm.png',
  'Gro\u0308ße in two code points.png',
  '細胞 画像.png',
  '세포.png',
  'خلية.png',
  '🔬 slide.png',
  'it\'s "quoted" `here`.png',
  '$HOME && rm -rf *; %PATH% ?.png',
  '"><img src=x onerror=alert(1)>.png',
  'new\nline.png',
  'tab\tand\rreturn.png',
  'right\u202eto left\u202c.png',
  'no-extension',
  '-rf.png',
  '#hash?query=1&b.png',
  '100 % [brackets] {braces}.png',
  'archive.zip! .png',
  'back\\slash.png',
  `${'long name '.repeat(24)}.png`,
  `${'長'.repeat(80)}.png`,
];

const deep = `${Array.from({ length: 30 }, (_, i) => `folder number ${i}`).join('/')}/deep.png`;

test('any name of a file or folder, and of a member of an archive', async () => {
  const project = await newProject();
  const all = [...names, deep, 'strange.zip!/inside.png', 'strange.tar!/folder/inside.png'];
  expect(Math.max(...names.map((name) => name.length))).toBeGreaterThan(200);
  const folder = join(project.files, 'folder ü 細 "quoted"\nline');
  for (const [i, name] of all.entries()) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), smallPng(i));
  }
  const members = names.filter((name) => !name.includes('\\'));
  const inArchive = (seed: number) =>
    members.map((name, i) => ({ name, data: smallPng(seed + i), long: 'pax' as const }));
  const zip = join(folder, '..', 'packed ü.zip');
  const tar = join(folder, '..', "it's packed.tar.gz");
  await writeFile(zip, writeZip(inArchive(1000)));
  await writeFile(tar, gzipSync(writeTar(inArchive(2000))));

  const result = await project.import([folder, zip, tar], { role: 'normal' });
  expect(result).toMatchObject({ imported: all.length + 2 * members.length, failed: [] });
  expect([...project.itemsByPath().keys()].sort()).toEqual(
    [
      ...all.map((name) => join(folder, name)),
      ...members.flatMap((name) => [`${zip}!/${name}`, `${tar}!/${name}`]),
    ].sort(),
  );

  const images = project.shardImages();
  const job = { projectFolder: project.folder, stop: neverStop };
  const { held, problems } = await writePixelShards({ images, side: 8, channels: 1 }, job);
  expect(problems).toEqual([]);
  expect(held).toHaveLength(images.length);
});

test('names that are not text are reported, and can be found by the report', async () => {
  const project = await newProject();
  const folder = Buffer.from(`${project.files}/`);
  await writeFile(Buffer.concat([folder, Buffer.from('gro\xdfe.png', 'latin1')]), smallPng(1));
  const zip = join(project.files, 'a.zip');
  const tar = join(project.files, 'a.tar');
  const name = Buffer.from('gro\xdfe.png', 'latin1');
  await writeFile(tar, writeTar([{ name, data: smallPng(2) }]));
  // Without the mark for UTF-8 the encoding is guessed: in the code page of old PCs DF is a block.
  await writeFile(zip, writeZip([{ name, data: smallPng(3), flags: 0 }]));
  const { imported, failed } = await project.import([project.files, zip, tar]);
  expect(imported).toBe(1);
  expect([...project.itemsByPath().keys()]).toEqual([`${zip}!/große.png`]);
  const reason = expect.stringMatching(/not valid Unicode text/) as string;
  expect(failed.filter(({ path }) => path !== zip && path !== tar)).toEqual([
    { path: join(project.files, 'gro\\xdfe.png'), code: 'unreadable-image', reason },
    { path: `${tar}!/gro\ufffde.png`, code: 'unsafe-archive', reason },
  ]);
});
