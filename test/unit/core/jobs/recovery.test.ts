// What a process that ended left unfinished, as the next one finds it.

import { expect, it } from 'vitest';
import { markInterrupted } from '#core/jobs/recovery.ts';
import { addJob, endJob, listJobs, startJob } from '#core/store/jobs.ts';
import { findRun, setRunState } from '#core/store/runs/runs.ts';
import { fill, noon, open } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const tempFolder = tempFolders();

it('running and queued jobs and runs become interrupted; what has ended stays as it is', async () => {
  const folder = tempFolder();
  const before = await open(folder);
  fill(before.database, 1);
  before.database.transact((writer) => {
    startJob(writer, addJob(writer, 'train', '{"a":1}', noon), noon);
    const done = { done: 3, total: 3, note: 'n', failure: null, result: '7' } as const;
    endJob(writer, addJob(writer, 'score', '{"b":1}', noon), { state: 'succeeded', ...done }, noon);
    const failure = { code: 'disk-full', message: 'Full.' };
    const failed = { state: 'failed', ...done, failure, result: null } as const;
    endJob(writer, addJob(writer, 'score', '{"c":1}', noon), failed, noon);
    setRunState(writer, 1, 'running', null, noon);
  });
  // Not closed: as a killed process leaves it.
  before.database.close();

  const { database, close } = await open(folder);
  const later = new Date('2026-11-25T08:00:00.000Z');
  markInterrupted(database, later);
  const failure = { code: 'link-closed', message: 'Normscope ended before this was finished.' };
  expect(
    database.read(listJobs).map((job) => [job.id, job.state, job.failure, job.result]),
  ).toEqual([
    [1, 'interrupted', failure, null],
    [2, 'interrupted', failure, null],
    [3, 'succeeded', null, '7'],
    [4, 'failed', { code: 'disk-full', message: 'Full.' }, null],
  ]);
  expect(database.read((reader) => findRun(reader, 1))).toMatchObject({
    state: 'interrupted',
    endedAt: later.toISOString(),
    failure: 'Normscope ended before this run was finished. Resume it to continue.',
  });
  await close();
});
