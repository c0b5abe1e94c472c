import { expect, it } from 'vitest';
import type { Job } from '#contract/core.ts';
import { Jobs } from '../../../../../src-renderer/state/project/jobs.svelte.ts';
import { LostFiles } from '../../../../../src-renderer/state/project/lost-files.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

const job: Job = {
  ...{ id: 7, kind: 'relink', runId: null, state: 'running' },
  ...{ done: 3, total: 10, note: '2 of 1,928 found', failure: null },
};

function lab(lost: number) {
  const asked: (readonly string[])[] = [];
  const stopped: number[] = [];
  const core = fakeCore({
    'files.check': () => ({ lost, folders: lost === 0 ? [] : [{ folder: '/lab', lost }] }),
    'files.relink': ({ folders }) => {
      asked.push(folders);
      return { jobId: 7 };
    },
    'jobs.stop': ({ jobId }) => {
      stopped.push(jobId);
      return { state: 'stopped' };
    },
    'jobs.show': () => ({ ...job, result: { lost: 1928, found: 1926, missing: ['/a', '/b'] } }),
  });
  const lostFiles = new LostFiles(core.client, new Jobs(core.client));
  return { core, lostFiles, asked, stopped };
}

it.each([
  [0, undefined],
  [1, '1 image is no longer where it was.'],
  [1928, '1,928 images are no longer where they were.'],
])('%i lost images are said as %j', async (lost, sentence) => {
  const { lostFiles } = lab(lost);
  expect(lostFiles.sentence).toBeUndefined();
  await lostFiles.found.load();
  expect(lostFiles.sentence).toBe(sentence);
});

it('searches folders, follows its job, stops it, and says what was found', async () => {
  const { core, lostFiles, asked, stopped } = lab(1928);
  await lostFiles.stop();
  await lostFiles.relink(['/new place']);
  expect(asked).toEqual([['/new place']]);
  core.emit('job.changed', job);
  await expect.poll(() => lostFiles.job?.note).toBe('2 of 1,928 found');
  await lostFiles.stop();
  expect(stopped).toEqual([7]);
  expect(await lostFiles.resultOf(7)).toBe('1,926 of 1,928 images found.');
});
