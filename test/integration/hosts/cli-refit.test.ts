// A refit from the command line, in a project with verdicts.

import { expect, it } from 'vitest';
import { openApp } from '#core/app.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { clientOf, makeTemplate, succeeded } from '../core/project.ts';
import { cli, cliJson } from './cli-process.ts';

const newFolder = tempFolders();

it('refits with the verdicts, says which list ranks, and refuses too few', async () => {
  const project = await makeTemplate(newFolder(), { normal: 48, anomalous: 12, outliers: 8 });
  const app = await openApp(project);
  const client = clientOf(app);
  const { jobId } = await client.call('runs.train', {
    ...{ dataset: 'cells', method: 'frozen' as const, rank: true },
  });
  await succeeded(client, jobId);
  const judge = async (from: number, to: number) => {
    const { images } = await client.call('images.page', { dataset: 'cells', role: 'anomaly' });
    const imageIds = images.slice(from, to).map(({ imageId }) => imageId);
    await client.call('reviews.add', { imageIds, verdict: 'anomalous', reviewer: 'Mia' });
  };
  await judge(0, 1);
  const refused = await cli('refit', project, '--model', '1');
  expect(refused.code).not.toBe(0);
  expect(refused.err).toContain(
    'At least 3 images confirmed as anomalous are needed, and there is 1. Judge more images of the list.',
  );
  await judge(1, 5);
  await app.close();

  const said = await cli('refit', project, '--model', '1');
  expect(said.out).toMatch(/refitted from model 1 with 5 anomalous and 0 normal verdicts\./);
  expect(said.out).toMatch(/(Model 2 ranks|The earlier ranking is kept)/);
  expect(said.out).toMatch(/rank .*--model 2 --dataset cells/);
  const again = await cli('refit', project, '--model', '1', '--json');
  expect(again.code).not.toBe(0);
  expect(again.err + again.out).toContain('Model 2 was fitted with these very verdicts');
  const ranked = await cliJson('rank', project, '--model', '2', '--dataset', 'cells', '--top', '5');
  expect(ranked).toMatchObject({ model: 2, images: expect.any(Array) as unknown });
});
