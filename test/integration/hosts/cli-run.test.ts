// From folders to a report in one command, and again.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolders } from '../../support/temp-folder.ts';
import { drawPictures } from '../core/pictures.ts';
import { cli, cliJson } from './cli-process.ts';

const newFolder = tempFolders();

interface Answer {
  readonly project: string;
  readonly model: number;
  readonly counts: { readonly taught: number; readonly scored: number; readonly flagged: number };
  readonly report: string;
  readonly images: readonly { readonly path: string; readonly class: string }[];
  readonly seconds: { readonly firstRanking: number | null };
}

it('guesses what is normal, ranks the rest, and scores what is new when it is run again', async () => {
  const plate = join(newFolder(), 'plate 7');
  await drawPictures(join(plate, 'DMSO'), 'disc', 24);
  await drawPictures(join(plate, 'treated'), 'cross', 6);
  const words = ['run', plate, '--method', 'frozen'] as const;
  const answer = (await cliJson(...words)) as Answer;
  expect(answer.project).toBe(`${plate}.normscope`);
  const { taught, scored } = answer.counts;
  expect(taught + scored).toBe(30);
  expect(taught).toBeGreaterThanOrEqual(8);
  expect(answer.images[0]).toMatchObject({ class: 'treated', flagged: true });
  expect(answer.images.filter((image) => image.class === 'treated')).toHaveLength(6);
  // A frozen network is the whole run.
  expect(answer.seconds.firstRanking).toBeNull();
  expect(await readFile(answer.report, 'utf8')).toContain('plate 7');

  await drawPictures(join(plate, 'treated later'), 'stripes', 2);
  const again = (await cliJson(...words)) as Answer;
  expect(again).toMatchObject({ model: answer.model, counts: { taught, scored: scored + 2 } });

  await writeFile(join(plate, 'treated', 'torn.png'), 'no picture');
  const torn = await cli(...words);
  expect(torn.code).toBe(1);
  expect(torn.out).toMatch(/DMSO +24 +normal +the folder "DMSO"/);
});

it('asks which class is normal, and refuses what cannot be trained', async () => {
  const folder = join(newFolder(), 'cells');
  await drawPictures(join(folder, 'round'), 'disc', 6);
  await drawPictures(join(folder, 'odd'), 'cross', 3);
  const unsaid = await cli('run', folder);
  expect(unsaid.code).toBe(2);
  expect(unsaid.err).toContain('Say which one is with --normal CLASS: round, odd.');
  const misspelt = await cli('run', folder, '--normal', 'rond');
  expect(misspelt.code).toBe(2);
  expect(misspelt.err).toContain('There is no class "rond"; the nearest is "round".');
  const few = await cli('run', folder, '--normal', 'ROUND', '--method', 'frozen');
  expect(few.code).toBe(1);
  expect(few.err).toContain('It has 6 normal images in all: add 2 or more.');
});
