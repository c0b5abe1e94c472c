// The job queue over a real catalogue: states, failures, order, the same work asked for twice.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { noon } from '../../../support/catalogue.ts';
import { endless, imports, score, testQueues, train } from './test-queue.ts';

const current = testQueues();

describe('a job', () => {
  it('is queued, running and succeeded, with its result, and says so each time', async () => {
    const id = current().submit(train(1), () => Promise.resolve({ modelId: 4 }));
    expect(await current().ended(id)).toEqual({
      ...{ id, kind: 'train', runId: 1, spec: '{"kind":"train","runId":1}', state: 'succeeded' },
      ...{ done: 0, total: null, note: null, failure: null, result: '{"modelId":4}' },
    });
    expect(current().states(id)).toEqual(['queued', 'running', 'succeeded']);
    expect(current().standings.map(({ state }) => state)).toEqual([
      'queued',
      'running',
      'succeeded',
    ]);
    const row = current().opened.database.read((reader) =>
      reader.get('select created_at, started_at, ended_at from job where id = ?', id),
    );
    expect(row).toEqual({ created_at: noon, started_at: noon, ended_at: noon });
  });

  it('keeps the code and the sentence of a failure', async () => {
    const failure = new Failure('too-few-images', 'There are 3 images, and 8 are needed.', '/a');
    const id = current().submit(train(1), () => Promise.reject(failure));
    expect(await current().ended(id)).toMatchObject({
      state: 'failed',
      failure: { code: 'too-few-images', message: 'There are 3 images, and 8 are needed.' },
      result: null,
    });
    expect(current().standings.at(-1)).toMatchObject({ state: 'failed', failure: failure.message });
  });

  it('that meets a bug fails with a reference, under which the log has the rest', async () => {
    const id = current().submit(train(1), () => {
      throw new TypeError('cannot read "weights" of undefined');
    });
    const { state, failure } = await current().ended(id);
    expect(state).toBe('failed');
    expect(failure!.code).toBe('internal');
    expect(failure!.message).not.toContain('weights');
    const [, reference] = /\(reference ([0-9a-f]{8})\)/.exec(failure!.message)!;
    await current().log.close();
    const written = readFileSync(current().log.path, 'utf8');
    expect(written).toContain(`${noon} bug ${reference!} TypeError: cannot read "weights"`);
    expect(written).toContain('queue.test.ts');
  });

  it('whose result cannot be kept fails as a bug', async () => {
    const id = current().submit(train(1), () => Promise.resolve(10n));
    expect(await current().ended(id)).toMatchObject({
      state: 'failed',
      failure: { code: 'internal' },
    });
  });

  it('whose worker went away is interrupted, to be taken up again', async () => {
    const id = current().submit(train(1), () =>
      Promise.reject(new Failure('link-closed', 'The worker ended.')),
    );
    expect(await current().ended(id)).toMatchObject({
      state: 'interrupted',
      failure: { code: 'link-closed', message: 'The worker ended.' },
    });
  });

  it('that is not there is not found', async () => {
    expect(() => current().queue.find(99)).toThrow(expect.objectContaining({ code: 'not-found' }));
    await expect(current().queue.stop(99)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('order', () => {
  it('is that of asking, one at a time in a lane; lanes do not wait for each other', async () => {
    const first = endless();
    const second = endless();
    const files = endless();
    current().submit(train(1), first.work);
    current().submit(score(2), second.work);
    current().submit(train(3), () => Promise.resolve());
    const importing = current().submit(imports(4), files.work);
    expect(current().started).toEqual([1, 4]);
    files.end(null);
    await current().ended(importing);
    expect(current().started).toEqual([1, 4]);
    first.end(null);
    await expect.poll(() => current().started).toEqual([1, 4, 2]);
    second.fail(new Failure('bad-input', 'No.'));
    const last = current().queue.findAlive(train(3))!.id;
    await current().ended(last);
    expect(current().started).toEqual([1, 4, 2, 3]);
    expect(
      current()
        .queue.list()
        .map(({ state }) => state),
    ).toEqual([...['succeeded', 'failed', 'succeeded', 'succeeded']]);
  });

  it('lists jobs from earlier sessions, too', async () => {
    const id = current().submit(train(1), () => Promise.resolve('done'));
    await current().ended(id);
    expect(current().another().list()).toEqual([current().queue.find(id)]);
  });
});

describe('the same work asked for again', () => {
  it('is the first job while that waits or runs, and a new one afterwards', async () => {
    const first = endless();
    const id = current().submit(train(1), first.work);
    expect(current().queue.submit(train(1))).toBe(id);
    const waiting = current().submit(score(2), () => Promise.resolve());
    expect(current().queue.submit(score(2))).toBe(waiting);
    expect(current().queue.submit({ ...train(1) })).toBe(id);
    first.end(null);
    await current().ended(waiting);
    expect(current().started).toEqual([1, 2]);
    expect(current().queue.findAlive(train(1))).toBeUndefined();
    const again = current().submit(train(1), () => Promise.resolve());
    expect(again).toBeGreaterThan(waiting);
    await current().ended(again);
  });

  it('is a new job when the first one is just stopping', async () => {
    const { promise: mayLeave, resolve: leave } = Promise.withResolvers<undefined>();
    const id = current().submit(train(1), async ({ stop }) => {
      await mayLeave;
      throwIfStopped(stop);
    });
    const stopping = current().queue.stop(id);
    const next = current().submit(train(1), () => Promise.resolve('second'));
    expect(next).not.toBe(id);
    leave(undefined);
    expect(await stopping).toBe('stopped');
    expect(await current().ended(next)).toMatchObject({ state: 'succeeded', result: '"second"' });
  });
});

describe('a spec that is not understood', () => {
  it.each([
    ['of another version', '{"kind":"train","run":1}'],
    ['that is no JSON', '{"kind":'],
    ['with more than is known', '{"kind":"train","runId":1,"gpu":true}'],
  ])('%s fails its own job only', async (_, text) => {
    const first = endless();
    current().submit(train(1), first.work);
    const id = current().queue.submit(train(2));
    const after = current().submit(train(3), () => Promise.resolve());
    current().opened.database.transact((writer) => {
      writer.run('update job set spec = ? where id = ?', text, id);
    });
    first.end(null);
    expect(await current().ended(after)).toMatchObject({ state: 'succeeded' });
    expect(current().queue.find(id)).toMatchObject({
      state: 'failed',
      failure: {
        code: 'bad-input',
        message: expect.stringMatching(/another version of Normscope .* Start it again/) as string,
      },
    });
    expect(current().started).toEqual([1, 3]);
  });
});

describe('a queue that is held', () => {
  it('takes jobs and starts them when it is released', async () => {
    const { queue } = current();
    const [first, second] = [queue.hold(), queue.hold()];
    const id = current().submit(train(1), () => Promise.resolve());
    first();
    expect([queue.find(id).state, current().started]).toEqual(['queued', []]);
    second();
    expect(await current().ended(id)).toMatchObject({ state: 'succeeded' });
  });
});
