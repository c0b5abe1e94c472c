// Child processes as the parent sees them: real ones.

import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StopSource } from '#domain/stop.ts';
import { callApart, type ApartOptions } from '#processes/call-apart.ts';
import { exitInWords, lastLines, startChild, type ChildOptions } from '#processes/child.ts';
import { connect } from '#rpc/connect.ts';
import type { TriedEvents, TriedMethods } from './tried-process.ts';

const entry = fileURLToPath(new URL('./tried-process.ts', import.meta.url));

function start(options: Partial<ChildOptions> = {}) {
  const child = startChild({ entry, ...options });
  onTestFinished(async () => {
    child.kill();
    await child.exited;
  });
  return { child, client: connect<TriedMethods, TriedEvents>(child.channel) };
}

function apart<K extends keyof TriedMethods>(
  name: K,
  input: TriedMethods[K]['input'],
  options: ApartOptions<TriedEvents> = {},
) {
  return callApart<TriedMethods, TriedEvents, K>({ entry }, name, input as never, options);
}

describe('a child process', () => {
  it('carries bytes where its channel is advanced', async () => {
    const { client } = start({ serialization: 'advanced' });
    expect(await client.call('add', { bytes: Uint8Array.of(1, 2) })).toEqual(Uint8Array.of(2, 3));
  });

  it('says with which code or by which signal it ended', async () => {
    const first = start();
    await expect(first.client.call('exit', { code: 7 })).rejects.toMatchObject({
      code: 'link-closed',
    });
    const exit = await first.child.exited;
    expect(exit).toMatchObject({ code: 7, signal: null, fault: null, isOutOfMemory: false });
    expect(exitInWords(exit)).toBe('exit code 7');
    const second = start();
    second.child.kill();
    expect(exitInWords(await second.child.exited)).toBe('signal SIGKILL');
  });

  it('has given its last message by the time that it is said to have ended', async () => {
    const { child, client } = start();
    const beats: number[] = [];
    client.on('beat', ({ number }) => void beats.push(number));
    client.call('lastWords', { beats: 200 }).catch(() => undefined);
    await child.exited;
    expect(beats).toHaveLength(200);
  });

  it('says that it ran out of memory', async () => {
    const { child, client } = start({ nodeOptions: ['--max-old-space-size=1'] });
    void client.call('add', { bytes: new Uint8Array(9) }).catch(() => undefined);
    const exit = await child.exited;
    expect(exit.isOutOfMemory).toBe(true);
  });

  it('says why it could not be started, and closes its link', async () => {
    const { child, client } = start({ node: '/nowhere/node' });
    const call = client.call('exit', { code: 0 });
    await expect(call).rejects.toMatchObject({ code: 'link-closed' });
    expect(child.pid).toBeUndefined();
    expect(exitInWords(await child.exited)).toMatch(/^could not be started: .*ENOENT/);
  });

  it('keeps the end of its error output, and of its output where that is asked for', async () => {
    const { child, client } = start({ tailLength: 50 });
    await client.call('print', { length: 100 });
    const exit = await child.end(5000);
    expect(exit.code).toBe(0);
    expect(exit.errorOutput).toBe(`${'.'.repeat(45)} err\n`);
    expect(lastLines(exit, 1)).toBe(`${'.'.repeat(45)} err`);
    const both = start({ keepsOutput: true });
    await both.client.call('print', { length: 3 });
    const { errorOutput } = await both.child.end(5000);
    expect(errorOutput.trim().split('\n').sort()).toEqual(['... err', '... out']);
  });

  it('is killed when it does not leave after its channel has closed', async () => {
    const { child, client } = start();
    await client.call('beat', { beats: 1, everyMs: 1 });
    client.call('hang', {}).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const exit = await child.end(100);
    expect(exitInWords(exit)).toBe('signal SIGKILL');
  });
});

describe('a call apart', () => {
  it('gives the answer and the events, and leaves no process', async () => {
    const beats: number[] = [];
    const { output, exit, isTooLate } = await apart(
      'beat',
      { beats: 3, everyMs: 1 },
      { listeners: { beat: ({ number }) => void beats.push(number) } },
    );
    expect(output).toBe(3);
    expect(beats).toEqual([1, 2, 3]);
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(isTooLate).toBe(false);
  });

  it('throws the failure of the other side', async () => {
    const failure = { code: 'not-found', message: 'There is none.', path: '/data/a' };
    await expect(apart('fail', {})).rejects.toMatchObject(failure);
  });

  it('gives the exit, with the words of the bug, where the other side broke down', async () => {
    const { output, exit } = await apart('break', {});
    expect(output).toBeUndefined();
    expect(exitInWords(exit)).toBe('exit code 1');
    expect(exit.errorOutput).toContain('This is a bug.');
  });

  it(
    'is ended when it neither answers nor tells of anything in its time',
    { timeout: 30_000 },
    async () => {
      const slow = await apart('hang', {}, { patienceMs: 300 });
      expect(slow).toMatchObject({ output: undefined, isTooLate: true });
      // Each event gives it its time again: it takes longer in all.
      const lively = await apart('beat', { beats: 8, everyMs: 500 }, { patienceMs: 3000 });
      expect(lively).toMatchObject({ output: 8, isTooLate: false });
    },
  );

  it('is ended by a stop', async () => {
    const stop = new StopSource();
    setTimeout(() => stop.stop(), 100);
    const { output, exit, isTooLate } = await apart('hang', {}, { stop });
    expect(output).toBeUndefined();
    expect(exit.code).not.toBe(0);
    expect(isTooLate).toBe(false);
  });
});
