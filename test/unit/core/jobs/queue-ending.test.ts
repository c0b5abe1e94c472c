// Progress of jobs, and how they end before their work is done: stopped, closed, disk full.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { throwIfStopped } from '#domain/stop.ts';
import type { JobSpec } from '#core/jobs/job-spec.ts';
import type { JobContext } from '#core/jobs/queue.ts';
import { budget } from '../../../support/budget.ts';
import { endless, score, testQueues, train } from './test-queue.ts';

const current = testQueues();

describe('progress', () => {
  it('is told at most ten times a second, at once at first, and with the latest figures', async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<undefined>();
    const id = current().submit(train(1), async ({ report }) => {
      for (let done = 1; done <= 450; done++) {
        report({ done, total: 500, note: `image ${done}` });
        await sleep(3);
      }
      report({ done: 500, total: 500, note: 'last' });
      await mayEnd;
    });
    while (current().queue.find(id).done < 500) await sleep(20);
    await sleep(150);
    const told = current().changes.filter((job) => job.state === 'running' && job.note !== null);
    expect(told[0]).toMatchObject({ done: 1, total: 500, note: 'image 1' });
    expect(told.at(-1)).toMatchObject({ done: 500, note: 'last' });
    expect(told.length).toBeGreaterThan(3);
    const gaps = told.slice(1).map(({ at }, i) => at - told[i]!.at);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
    end(undefined);
    expect(await current().ended(id)).toMatchObject({ done: 500, total: 500, note: 'last' });
  });

  it('is kept with the row once a second and at the end', async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<undefined>();
    const row = () =>
      current().opened.database.read((reader) => reader.get('select done, total, note from job'));
    const id = current().submit(train(1), async ({ report }) => {
      report({ done: 1, total: 9, note: 'a' });
      report({ done: 2, total: 9, note: 'b' });
      await mayEnd;
    });
    expect(row()).toEqual({ done: 1, total: 9, note: 'a' });
    expect(current().queue.find(id)).toMatchObject({
      state: 'running',
      done: 2,
      total: 9,
      note: 'b',
    });
    end(undefined);
    await current().ended(id);
    expect(row()).toEqual({ done: 2, total: 9, note: 'b' });
  });

  it('that comes after the end is ignored', async () => {
    let late: JobContext | undefined;
    const id = current().submit(train(1), (job) => {
      late = job;
      return Promise.resolve();
    });
    await current().ended(id);
    const before = current().changes.length;
    late!.report({ done: 5, total: 5, note: 'late' });
    await sleep(150);
    expect(current().changes).toHaveLength(before);
    expect(current().queue.find(id)).toMatchObject({ state: 'succeeded', done: 0, note: null });
  });
});

describe('stopping', () => {
  it('a running job is no failure', async () => {
    await budget('queue: stop of a running job', async () => {
      const id = current().submit(train(1), async ({ stop, report }) => {
        for (let done = 0; ; done++) {
          report({ done, total: null, note: null });
          await sleep(10);
          throwIfStopped(stop);
        }
      });
      await sleep(50);
      const start = performance.now();
      expect(await current().queue.stop(id)).toBe('stopped');
      const ms = performance.now() - start;
      expect(current().queue.find(id)).toMatchObject({ state: 'stopped', failure: null });
      expect(current().queue.find(id).done).toBeGreaterThan(0);
      return ms;
    });
  });

  it('a waiting job ends it before it begins', async () => {
    const first = endless();
    current().submit(train(1), first.work);
    const id = current().submit(train(2), () => Promise.resolve());
    expect(await current().queue.stop(id)).toBe('stopped');
    expect(current().states(id)).toEqual(['queued', 'stopped']);
    first.end(null);
    await sleep(20);
    expect(current().started).toEqual([1]);
  });

  it('lets the next job of the lane begin', async () => {
    const id = current().submit(train(1), endless().work);
    const next = current().submit(train(2), () => Promise.resolve());
    await current().queue.stop(id);
    expect(await current().ended(next)).toMatchObject({ state: 'succeeded' });
  });

  it('may be asked twice and after the end', async () => {
    const id = current().submit(train(1), endless().work);
    expect(await Promise.all([current().queue.stop(id), current().queue.stop(id)])).toEqual([
      'stopped',
      'stopped',
    ]);
    expect(await current().queue.stop(id)).toBe('stopped');
  });

  it('comes too late for a job that has done its work', async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<undefined>();
    const id = current().submit(train(1), () => mayEnd.then(() => 'done'));
    const stopping = current().queue.stop(id);
    end(undefined);
    expect(await stopping).toBe('succeeded');
  });
});

describe('closing', () => {
  it('interrupts what runs and what waits, and takes nothing new', async () => {
    const running = current().submit(train(1), endless().work);
    const waiting = current().submit(train(2), () => Promise.resolve());
    await current().queue.close();
    expect(
      current()
        .queue.list()
        .map(({ id, state, failure }) => [id, state, failure?.code]),
    ).toEqual([
      [running, 'interrupted', 'link-closed'],
      [waiting, 'interrupted', 'link-closed'],
    ]);
    expect(
      current()
        .standings.slice(-2)
        .map(({ state }) => state),
    ).toEqual(['interrupted', 'interrupted']);
    expect(current().started).toEqual([1]);
    expect(() => current().queue.submit(train(3))).toThrow(
      expect.objectContaining({ code: 'link-closed' }),
    );
    expect(current().queue.list()).toHaveLength(2);
  });

  it('lets a job that has done its work succeed', async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<undefined>();
    const id = current().submit(train(1), () => mayEnd);
    const closing = current().queue.close();
    end(undefined);
    await closing;
    expect(current().queue.find(id).state).toBe('succeeded');
  });
});

describe('a catalogue that cannot be written', () => {
  const limit = (pages: number) =>
    current().opened.database.read((reader) => reader.get(`pragma max_page_count = ${pages}`));
  const fillUp = () => {
    const { page_count } = current().opened.database.read((reader) =>
      reader.get<{ page_count: number }>('pragma page_count'),
    )!;
    limit(page_count);
  };

  it('still tells how a job ended, and says "disk-full" to who asks for another', async () => {
    const first = endless();
    const id = current().submit(train(1), first.work);
    fillUp();
    first.fail(new Failure('bad-input', 'long '.repeat(10_000)));
    expect(await current().ended(id)).toMatchObject({
      state: 'failed',
      failure: { code: 'bad-input' },
    });
    expect(current().changes.at(-1)).toMatchObject({ id, state: 'failed' });
    const large = { ...score(2), dataset: 'd'.repeat(100_000) } as JobSpec;
    expect(() => current().queue.submit(large)).toThrow(
      expect.objectContaining({ code: 'disk-full' }),
    );
    limit(1_000_000);
    const next = current().submit(train(3), () => Promise.resolve());
    expect(await current().ended(next)).toMatchObject({ state: 'succeeded' });
  });
});
