// Runs and jobs as rows: what is written of them is what is read.

import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { JobState } from '#contract/core.ts';
import type { EpochReport } from '#domain/progress.ts';
import {
  addJob,
  endJob,
  findJob,
  liveJobs,
  startJob,
  writeProgress,
  type JobOutcome,
} from '#core/store/jobs.ts';
import type { OpenDatabase } from '#core/store/open-database.ts';
import {
  addRunWarning,
  dropEpochsAfter,
  findRun,
  putEpoch,
  runEpochs,
  runWarnings,
  setRunEngine,
  setRunPixels,
  setRunState,
  setStepsDone,
  setStepsTotal,
} from '#core/store/runs/runs.ts';
import { fill, noon, open } from '../../../../support/catalogue.ts';
import { tempFolders } from '../../../../support/temp-folder.ts';

const tempFolder = tempFolders();
const later = '2026-11-24T13:00:00.000Z';
let opened: OpenDatabase;
beforeEach(async () => {
  opened = await open(tempFolder());
  fill(opened.database, 1);
});
afterEach(() => opened.close());

const read: OpenDatabase['database']['read'] = (work) => opened.database.read(work);
const write: OpenDatabase['database']['transact'] = (work) => opened.database.transact(work);

describe('a run', () => {
  it('has an end in each state that is one, and none again when it goes on', () => {
    const states: readonly JobState[] = [
      ...([
        'running',
        'failed',
        'running',
        'stopped',
        'queued',
        'interrupted',
        'succeeded',
      ] as const),
    ];
    for (const state of states) {
      const failure = state === 'failed' ? 'The loss is no number.' : null;
      write((writer) => setRunState(writer, 1, state, failure, later));
      const endedAt = state === 'running' || state === 'queued' ? null : later;
      expect(read((reader) => findRun(reader, 1))).toMatchObject({ state, failure, endedAt });
    }
    expect(() => write((w) => setRunState(w, 1, 'lost' as 'failed', null, noon))).toThrow(/CHECK/);
  });

  it('counts steps that are safe, fewer where the newest checkpoint was lost', () => {
    write((writer) => {
      setStepsTotal(writer, 1, 300);
      setStepsDone(writer, 1, 40);
      setStepsDone(writer, 1, 30);
    });
    expect(read((reader) => findRun(reader, 1))).toMatchObject({ stepsDone: 30, stepsTotal: 300 });
  });

  it('says which engine it used once it is known, before that which was asked for', () => {
    expect(read((reader) => findRun(reader, 1))).toMatchObject({
      ...{ engine: 'auto', device: null, engineWhy: null },
    });
    write((writer) => {
      setRunEngine(writer, 1, { engine: 'cpu', device: 'CPU, 2 threads', why: 'asked for' });
      setRunPixels(writer, 1, '{"side":32}');
    });
    expect(read((reader) => findRun(reader, 1))).toMatchObject({
      ...{ engine: 'cpu', device: 'CPU, 2 threads', engineWhy: 'asked for', pixels: '{"side":32}' },
    });
  });

  it('passed through again keeps one row an epoch, the later one', () => {
    const epoch = (number: number, loss: number): EpochReport => ({
      ...{ epoch: number, step: 10 * number, loss },
      terms: { ntxent: 4, normalNorm: 1 / 3, 'a term of another version': 1e-300 },
      distributions: { normalNorms: { first: -3, counts: [1, 0, 7] } },
      ...{ learningRate: 0.05, seconds: 1.5 },
    });
    write((writer) => {
      for (const [number, loss] of [
        [1, 5],
        [3, 4],
        [2, 4.5],
        [3, 3.5],
      ] as const) {
        putEpoch(writer, 1, epoch(number, loss));
      }
    });
    expect(read((reader) => runEpochs(reader, 1))).toEqual([
      ...[epoch(1, 5), epoch(2, 4.5), epoch(3, 3.5)],
    ]);
    // Steps of epochs count while the run trains; when it is cut off, those in a checkpoint.
    const done = () => read((reader) => findRun(reader, 1))!.stepsDone;
    write((writer) => {
      setStepsDone(writer, 1, 20);
      setRunState(writer, 1, 'running', null, later);
    });
    expect(done()).toBe(30);
    write((writer) => setRunState(writer, 1, 'interrupted', 'Cut off.', later));
    expect(done()).toBe(20);
    write((writer) => dropEpochsAfter(writer, 1, 20));
    expect(read((reader) => runEpochs(reader, 1))).toEqual([epoch(1, 5), epoch(2, 4.5)]);
  });

  it('keeps each warning once, in the order in which they came up', () => {
    const added = write((writer) => [
      ...[addRunWarning(writer, 1, 'zebra'), addRunWarning(writer, 1, 'apple')],
      addRunWarning(writer, 1, 'zebra'),
    ]);
    expect(added).toEqual([true, true, false]);
    expect(read((reader) => runWarnings(reader, 1))).toEqual([
      ...['The first sentence.', 'A second one.', 'zebra', 'apple'],
    ]);
  });

  it('that is not there is undefined', () => {
    expect(read((reader) => findRun(reader, 9))).toBeUndefined();
    expect(read((reader) => findJob(reader, 9))).toBeUndefined();
  });
});

describe('a job', () => {
  it('goes from queued to its end, and is alive until then', () => {
    const id = write((writer) => addJob(writer, 'score', '{"b":2}', noon));
    const blank = { done: 0, total: null, note: null, failure: null, result: null };
    const job = { id, kind: 'score', runId: null, spec: '{"b":2}' };
    expect(read((reader) => findJob(reader, id))).toEqual({ ...job, ...blank, state: 'queued' });
    write((writer) => {
      startJob(writer, id, noon);
      writeProgress(writer, id, { done: 2, total: 9, note: 'here' });
    });
    const running = { ...blank, done: 2, total: 9, note: 'here', state: 'running' };
    expect(read((reader) => findJob(reader, id))).toEqual({ ...job, ...running });
    expect(read(liveJobs).map((live) => live.id)).toEqual([1, id]);
    const failure = { code: 'disk-full', message: 'The disk is full.' };
    const outcome: JobOutcome = {
      ...{ done: 3, total: 9, note: null, result: null },
      state: 'failed',
      failure,
    };
    write((writer) => endJob(writer, id, outcome, later));
    expect(read((reader) => findJob(reader, id))).toEqual({ ...job, ...outcome });
    expect(read(liveJobs).map((live) => live.id)).toEqual([1]);
  });
});
