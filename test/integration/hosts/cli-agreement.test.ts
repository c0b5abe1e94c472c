// Agreement from the command line, in a project that two reviewers have judged.

import { expect, it } from 'vitest';
import { openApp } from '#core/app.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { clientOf, makeTemplate } from '../core/project.ts';
import { cli, cliJson } from './cli-process.ts';

const newFolder = tempFolders();

it('measures kappa of two reviewers, lists disagreements, and says who is missing', async () => {
  const project = await makeTemplate(newFolder(), { normal: 12, anomalous: 6, outliers: 2 });
  const app = await openApp(project);
  const client = clientOf(app);
  const { images } = await client.call('images.page', { dataset: 'cells' });
  const imageIds = images.map(({ imageId }) => imageId);
  const judge = (reviewer: string, verdict: 'normal' | 'anomalous', from: number, to: number) =>
    client.call('reviews.add', { imageIds: imageIds.slice(from, to), verdict, reviewer });
  await judge('Ann', 'normal', 0, 6);
  await judge('Ann', 'anomalous', 6, 10);
  const alone = await cli('agreement', project, '--dataset', 'cells');
  expect(alone.code).not.toBe(0);
  expect(alone.err).toContain(
    'Agreement needs two reviewers, and 1 person judged images of "cells"',
  );
  await judge('Ben', 'normal', 0, 5);
  await judge('Ben', 'anomalous', 5, 10);
  await app.close();

  const said = await cli('agreement', project, '--dataset', 'cells');
  expect(said.out).toContain('Ann and Ben on "cells": 10 images judged by both, 9 alike (90');
  // (0.9 − (0.6 · 0.5 + 0.4 · 0.5)) / (1 − 0.5).
  expect(said.out).toContain("Cohen's kappa 0.800 (95 % interval 0.4");
  expect(said.out).toContain('1 disagreement, 1 not settled:');
  expect(said.out).toMatch(/normal\s+anomalous\s*$/m);
  const turned = await cliJson(
    ...['agreement', project, '--dataset', 'cells', '--first', 'Ben', '--second', 'Ann'],
  );
  expect(turned).toMatchObject({
    ...{ reviewers: ['Ben', 'Ann'], images: 10, agreed: 9 },
    table: [
      [5, 0, 0],
      [1, 4, 0],
      [0, 0, 0],
    ],
    disagreements: [{ readings: [{ verdict: 'anomalous' }, { verdict: 'normal' }] }],
  });
  const nobody = await cli('agreement', project, '--dataset', 'cells', '--first', 'Cleo');
  expect(nobody.err).toContain('"Cleo" judged no image of "cells". Reviewers are: Ann, Ben.');
});
