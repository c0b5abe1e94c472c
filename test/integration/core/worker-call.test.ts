import { describe, expect, it } from 'vitest';
import { describeEngines } from '#core/project/engines.ts';
import { withLease } from '#core/workers/compute.ts';
import { localCompute } from '#core/workers/local-compute.ts';
import { neverStop, stopOf, StopSource } from '#domain/stop.ts';
import { budget } from '../../support/budget.ts';
import { failureOf, smallTask, temporaryFolder } from '../worker/small-task.ts';
import { workersOf } from './project.ts';

const canPause = process.platform !== 'win32';
if (!canPause)
  console.log('Windows cannot pause a process: two tests of hanging workers are skipped.');

/** Of the one worker that is there. */
const workerId = () => workersOf(process.pid)[0]!;

describe('a leased worker', () => {
  it('says how it ended, and leaves no process behind', async () => {
    const task = await smallTask(await temporaryFolder(), { steps: 2000 });
    const failure = await failureOf(
      withLease(localCompute, (lease) =>
        lease.call('train', task, neverStop, {
          started: () => process.kill(workerId(), 'SIGKILL'),
        }),
      ),
    );
    expect(failure).toMatchObject({
      code: 'link-closed',
      message: expect.stringContaining('ended unexpectedly (signal SIGKILL)') as string,
    });
    expect(workersOf(process.pid)).toEqual([]);
  });

  it('stops the work and throws on what a listener throws', async () => {
    const task = await smallTask(await temporaryFolder(), { steps: 2000 });
    const error = new Error('The catalogue is on fire.');
    const asked = withLease(localCompute, (lease) =>
      lease.call('train', task, neverStop, {
        epoch: () => {
          throw error;
        },
      }),
    );
    await expect(asked).rejects.toBe(error);
    expect(workersOf(process.pid)).toEqual([]);
  });

  it('passes failures on as they are', async () => {
    const task = await smallTask(await temporaryFolder());
    const broken = { ...task, normals: { ...task.normals, path: `${task.normals.path}.gone` } };
    await withLease(localCompute, async (lease) => {
      const failure = await failureOf(lease.call('train', broken, neverStop));
      expect(failure.path).toBe(broken.normals.path);
      const stopped = await failureOf(lease.call('train', task, stopOf(AbortSignal.abort())));
      expect(stopped.code).toBe('stopped');
    });
  });

  it.runIf(canPause)('kills a worker that does not listen: at once while it starts', async () => {
    const task = await smallTask(await temporaryFolder());
    await budget('core: stop of a worker that hangs', () =>
      withLease(localCompute, async (lease) => {
        const stop = new StopSource();
        const asked = failureOf(lease.call('train', task, stop));
        process.kill(workerId(), 'SIGSTOP');
        stop.stop();
        const start = performance.now();
        expect((await asked).code).toBe('stopped');
        return performance.now() - start;
      }),
    );
  });

  it.runIf(canPause)('… and after ten seconds when it is at work', async () => {
    const task = await smallTask(await temporaryFolder(), { steps: 2000 });
    const stop = new StopSource();
    const start = performance.now();
    const failure = await failureOf(
      withLease(localCompute, (lease) =>
        lease.call('train', task, stop, {
          epoch: () => {
            process.kill(workerId(), 'SIGSTOP');
            stop.stop();
          },
        }),
      ),
    );
    expect(failure.code).toBe('stopped');
    expect(performance.now() - start).toBeGreaterThan(10_000);
  });
});

describe('describeEngines', () => {
  it('finds an engine that passes its test on this machine, without a project', async () => {
    const engines = await describeEngines();
    expect(engines.find(({ name }) => name === 'cpu')).toMatchObject({
      ...{ offered: true, selfTest: 'passed' },
    });
  });
});
