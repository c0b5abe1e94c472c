import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { TrainTask } from '#worker/contract.ts';
import { workerProtocol } from '#worker/contract.ts';
import { budget } from '../../support/budget.ts';
import { failureOf, smallTask, startWorker, temporaryFolder, untilEvent } from './small-task.ts';

test('describes the protocol and the engines', async () => {
  const { client } = startWorker();
  const { protocol, engines } = await client.call('describe', {});
  expect(protocol).toBe(workerProtocol);
  expect(engines.find(({ name }) => name === 'cpu')).toMatchObject({
    offered: true,
    selfTest: 'passed',
  });
});

test('does one task at a time, whatever the terminal says, and refuses a second', async () => {
  const worker = startWorker();
  const task = await smallTask(await temporaryFolder(), { steps: 120 });
  const run = worker.client.start('train', task);
  await untilEvent(worker, 'step', 1);
  const second = await failureOf(worker.client.call('describe', {}));
  expect(second).toMatchObject({ code: 'bad-input' });
  expect(second.message).toContain('busy');
  process.kill(worker.pid!, 'SIGINT');
  await expect(run.result).resolves.toMatchObject({ steps: 120 });
  await expect(worker.client.call('describe', {})).resolves.toBeDefined();
});

test('says what is wrong with an input, and stays of use', async () => {
  const { client } = startWorker();
  const task = await smallTask(await temporaryFolder());
  const failure = await failureOf(
    client.call('train', { ...task, seed: -1, later: true } as TrainTask),
  );
  expect(failure.code).toBe('bad-input');
  expect(failure.message).toMatch(/The input of "train" is wrong\..*seed.*later/s);
  const unknown = await failureOf(client.call('constructor' as never, {}));
  expect(unknown.code).toBe('not-found');
});

test('ends once the core closes the link, in the middle of a training', async () => {
  await budget('worker: end after the link is closed', async () => {
    const worker = startWorker();
    const task = await smallTask(await temporaryFolder(), { steps: 2000 });
    const run = worker.client.start('train', task);
    const failure = failureOf(run.result);
    await untilEvent(worker, 'step', 1);
    const start = performance.now();
    worker.client.close();
    expect(await worker.exited).toMatchObject({ code: 0, errorOutput: '' });
    const ms = performance.now() - start;
    expect((await failure).code).toBe('link-closed');
    return ms;
  });
});

test('ends once the core is killed', async () => {
  await budget('worker: end after the core is killed', survived);
});

/** How long a worker lives on when its core is killed in the middle of a training, milliseconds. */
async function survived(): Promise<number> {
  const script = fileURLToPath(new URL('./core-to-kill.ts', import.meta.url));
  const task = JSON.stringify(await smallTask(await temporaryFolder(), { steps: 2000 }));
  const core = spawn(process.execPath, [script, task], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((resolve) => {
    core.stdout.setEncoding('utf8').once('data', (text: string) => resolve(Number(text)));
  });
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  expect(isRunning(pid)).toBe(true);
  core.kill('SIGKILL');
  const killed = performance.now();
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  return performance.now() - killed;
}

/** An orphan that has ended may lie in the process table until somebody collects it. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const state = process.platform === 'linux' ? readFileSync(`/proc/${pid}/stat`, 'latin1') : '';
    return !state.includes(') Z ');
  } catch {
    return false;
  }
}
