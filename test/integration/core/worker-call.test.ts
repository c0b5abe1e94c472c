import { describe, expect, it } from 'vitest';
import { describeEngines } from '#core/project/engines.ts';
import { askWorker, withWorker } from '#core/workers/worker-call.ts';
import { neverStop } from '#domain/stop.ts';
import { budget } from '../../support/budget.ts';
import { failureOf, smallTask, temporaryFolder } from '../worker/small-task.ts';
import { workersOf } from './project.ts';

const canPause = process.platform !== 'win32';
if (!canPause)
  console.log('Windows cannot pause a process: two tests of hanging workers are skipped.');

describe('askWorker', () => {
  it('says how a worker ended, and withWorker leaves none behind', async () => {
    const task = await smallTask(await temporaryFolder(), { steps: 2000 });
    const failure = await failureOf(
      withWorker((worker) =>
        askWorker(worker, 'train', task, neverStop, { started: () => worker.kill() }),
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
    const asked = withWorker((worker) =>
      askWorker(worker, 'train', task, neverStop, {
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
    const broken = { ...task, normals: { name: 'nothing', path: `${task.normals.path}.gone` } };
    await withWorker(async (worker) => {
      const failure = await failureOf(askWorker(worker, 'train', broken, neverStop));
      expect(failure.path).toBe(broken.normals.path);
      const stopped = await failureOf(askWorker(worker, 'train', task, { aborted: true }));
      expect(stopped.code).toBe('stopped');
    });
  });

  it.runIf(canPause)('kills a worker that does not listen: at once while it starts', async () => {
    const task = await smallTask(await temporaryFolder());
    await budget('core: stop of a worker that hangs', () =>
      withWorker(async (worker) => {
        const stop = { aborted: false };
        process.kill(worker.pid!, 'SIGSTOP');
        const asked = failureOf(askWorker(worker, 'train', task, stop));
        stop.aborted = true;
        const start = performance.now();
        expect((await asked).code).toBe('stopped');
        return performance.now() - start;
      }),
    );
  });

  it.runIf(canPause)('… and after ten seconds when it is at work', async () => {
    const task = await smallTask(await temporaryFolder(), { steps: 2000 });
    const stop = { aborted: false };
    const start = performance.now();
    const failure = await failureOf(
      withWorker((worker) =>
        askWorker(worker, 'train', task, stop, {
          checkpoint: () => {
            process.kill(worker.pid!, 'SIGSTOP');
            stop.aborted = true;
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
