import { expect, it } from 'vitest';
import type { ImportResult, Job } from '#contract/core.ts';
import {
  importSentence,
  ImportWatch,
} from '../../../../../src-renderer/state/project/imports/import-watch.svelte.ts';
import { Jobs } from '../../../../../src-renderer/state/project/jobs.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

const nothing: ImportResult = {
  ...{ imported: 0, duplicates: 0, failed: [], recognised: [], contradictions: 0 },
  notImages: { count: 0, first: [] },
  leftOut: { ...{ hidden: 0, system: 0, masks: 0, projects: 0, skipped: 0 }, names: [] },
};
const problem = { path: '/a.png', code: 'unreadable-image', reason: 'The file is empty.' };
const seven = Array.from({ length: 7 }, () => problem);

function sentence(result: Partial<ImportResult>, failure: string | null = null): string {
  return importSentence({ jobId: 1, result: { ...nothing, ...result }, failure });
}

it('says how many of how many images an import took, and what it left out', () => {
  expect(sentence({ imported: 843, failed: seven })).toBe(
    '843 of 850 images imported. 7 could not be read.',
  );
  expect(sentence({ imported: 1 })).toBe('1 image imported.');
  expect(sentence({ imported: 2, duplicates: 1200 })).toBe(
    '1,202 images imported (1,200 of them known before).',
  );
  expect(
    sentence({
      ...{ imported: 4, notImages: { count: 6, first: [] } },
      leftOut: { ...nothing.leftOut, masks: 1, hidden: 2, system: 3 },
    }),
  ).toBe(
    '4 images imported. Left out: 1 mask or label image, 5 thumbnails, hidden and system files, ' +
      '6 files that are no images.',
  );
  expect(sentence({ failed: seven }, 'No image was imported.')).toBe('No image was imported.');
});

it('keeps the last import that ended, and counts its problems until they are looked at', async () => {
  const job: Job = {
    ...({ id: 3, kind: 'import', runId: null, state: 'running', done: 0, total: 1 } as const),
    ...{ note: null, failure: null },
  };
  const core = fakeCore({
    'jobs.show': () => ({ ...job, result: { ...nothing, imported: 3, failed: seven } }),
  });
  const jobs = new Jobs(core.client);
  const watch = new ImportWatch(core.client);
  const stop = watch.follow(jobs, (error) => {
    throw error;
  });
  core.emit('job.changed', job);
  core.emit('job.changed', { ...job, state: 'succeeded' });
  await expect.poll(() => watch.unseen).toBe(7);
  expect(watch.latest).toMatchObject({ jobId: 3, failure: null, result: { imported: 3 } });
  watch.markSeen();
  watch.dismiss();
  expect([watch.unseen, watch.latest]).toEqual([0, undefined]);
  stop();
});
