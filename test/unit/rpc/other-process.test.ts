// Calls to a real child process over its message channel, and what becomes of them when it ends.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect, type Client } from '#rpc/connect.ts';
import type { CallsOf } from '#rpc/method.ts';
import { channelOf } from '#processes/channel.ts';
import { budget } from '../../support/budget.ts';
import type { AnsweringEvents, answeringMethods } from './answering-process.ts';

let child: ChildProcess;
let client: Client<CallsOf<typeof answeringMethods>, AnsweringEvents>;
let ended: Promise<unknown>;

beforeEach(() => {
  child = fork(fileURLToPath(new URL('./answering-process.ts', import.meta.url)));
  ended = once(child, 'exit');
  client = connect(channelOf(child));
});
afterEach(async () => {
  child.kill('SIGKILL');
  await ended;
});

it('answers come to the calls they belong to', async () => {
  const numbers = Array.from({ length: 50 }, (_, index) => index);
  const answers = numbers.map((number) => client.call('number.double', { number }));
  expect(await Promise.all(answers)).toEqual(numbers.map((number) => 2 * number));
});

it('a call is stopped, while others are answered', async () => {
  await budget('rpc: stop of a call in another process', async () => {
    const waiting = new Promise((resolve) => client.on('waiting', resolve));
    const controller = new AbortController();
    const call = client.call('process.wait', {}, controller.signal);
    expect(await waiting).toEqual({ pid: child.pid });
    expect(await client.call('number.double', { number: 4 })).toBe(8);
    const start = performance.now();
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'stopped' });
    return performance.now() - start;
  });
});

it('every call under way is rejected when the process is killed, and so is every later one', async () => {
  const waiting = new Promise((resolve) => client.on('waiting', resolve));
  const calls = [client.call('process.wait', {}), client.call('process.wait', {})];
  await waiting;
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  child.kill('SIGKILL');
  const closedLink = { code: 'link-closed', message: 'The process on the other side has ended.' };
  for (const call of calls) await expect(call).rejects.toMatchObject(closedLink);
  await closed;
  await expect(client.call('number.double', { number: 1 })).rejects.toMatchObject(closedLink);
  // Neither a late stop nor a second close does anything.
  const { result, stop } = client.start('process.wait', {});
  stop();
  client.close();
  await expect(result).rejects.toMatchObject(closedLink);
});

it('a call that ends the other process is rejected', async () => {
  await expect(client.call('process.exit', { code: 3 })).rejects.toMatchObject({
    code: 'link-closed',
  });
  expect(await ended).toEqual([3, null]);
});

it('closing the link here rejects what is under way, and lets the other process end', async () => {
  const waiting = new Promise((resolve) => client.on('waiting', resolve));
  const call = client.call('process.wait', {});
  await waiting;
  client.close();
  await expect(call).rejects.toMatchObject({ code: 'link-closed' });
  expect(await ended).toEqual([0, null]);
});

it('what cannot be sent is refused at once, and nothing waits for it', async () => {
  const number = 10n as unknown as number;
  await expect(client.call('number.double', { number })).rejects.toThrow(/BigInt/);
  expect(await client.call('number.double', { number: 1 })).toBe(2);
});
