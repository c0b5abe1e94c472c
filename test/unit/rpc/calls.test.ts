// Calls between two ends of a memory link: typed, checked, refused in words, stopped.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import type { Stop } from '#domain/stop.ts';
import { type StopSignal } from '#domain/stop.ts';
import { connect, type Client } from '#rpc/connect.ts';
import type { Link } from '#rpc/link.ts';
import { memoryLink } from '#rpc/memory-link.ts';
import { inputChecker, method, type CallsOf, type HandlersOf } from '#rpc/method.ts';
import { serve, type Server } from '#rpc/serve.ts';

const methods = {
  'text.repeat': method<{ text: string }>()(
    z.strictObject({ text: z.string().min(1), times: z.int().min(0).max(9).default(2) }),
  ),
  'list.sum': method<number>()(z.array(z.strictObject({ value: z.number() }))),
  'work.wait': method<string>()(z.strictObject({})),
  'work.fail': method<never>()(z.strictObject({ path: z.string().optional() })),
  'work.break': method<unknown>()(z.strictObject({ how: z.enum(['throw', 'reject', 'bigint']) })),
} as const;

interface Events {
  'text.changed': { readonly text: string };
}

let ends: readonly [Link, Link];
let client: Client<CallsOf<typeof methods>, Events>;
let server: Server;
let stops: Stop[];
let bugs: unknown[];
let release: (value: string) => void;
const aborted = () => stops.map((stop) => stop.aborted);

beforeEach(() => {
  stops = [];
  bugs = [];
  ends = memoryLink();
  const handlers: HandlersOf<typeof methods> = {
    'text.repeat': ({ text, times }) => ({ text: text.repeat(times) }),
    'list.sum': (list) => list.reduce((sum, { value }) => sum + value, 0),
    'work.wait': (_, stop) => {
      stops.push(stop);
      return new Promise((resolve) => (release = resolve));
    },
    'work.fail': ({ path }) => {
      throw new Failure('unreadable-image', 'The image is damaged.', path);
    },
    'work.break': ({ how }) => {
      const error = new RangeError('secret: /home/someone');
      if (how === 'throw') throw error;
      return how === 'reject' ? Promise.reject(error) : 10n;
    },
  };
  const onBug = (error: unknown) => `It broke (reference ${bugs.push(error)}).`;
  server = serve(ends[0], { handlers, parse: inputChecker(methods), onBug });
  client = connect(ends[1]);
});

/** Calls what no typed client can. */
function callAnything(name: string, input: unknown): Promise<unknown> {
  return client.call(name as 'text.repeat', input as never);
}

describe('a call', () => {
  it('is answered, with what the schema fills in', async () => {
    expect(await client.call('text.repeat', { text: 'ab' })).toEqual({ text: 'abab' });
    expect(await client.call('list.sum', [{ value: 1 }, { value: 2.5 }])).toBe(3.5);
  });

  it('has types: none of these compiles', () => {
    const never = () => [
      // @ts-expect-error -- no such method
      client.call('text.reverse', {}),
      // @ts-expect-error -- an input that does not fit
      client.call('text.repeat', { text: 5 }),
      // @ts-expect-error -- an output used as what it is not
      client.call('list.sum', []).then((sum: string) => sum),
      // @ts-expect-error -- no such event
      client.on('text.gone', () => undefined),
    ];
    expect(never).toBeTypeOf('function');
  });

  it('without a result gives null', async () => {
    release = () => undefined;
    const { result } = client.start('work.wait', {});
    await vi.waitFor(() => expect(stops).toHaveLength(1));
    release(undefined as never);
    expect(await result).toBeNull();
  });

  it('carries a failure over with its code, sentence and path', async () => {
    for (const path of ['/images/a.png', undefined]) {
      await expect(client.call('work.fail', { path })).rejects.toEqual(
        new Failure('unreadable-image', 'The image is damaged.', path),
      );
      await expect(client.call('work.fail', { path })).rejects.toMatchObject({ path });
    }
    expect(bugs).toEqual([]);
  });

  it.each(['throw', 'reject', 'bigint'] as const)(
    'that meets a bug (%s) tells where to look and nothing else',
    async (how) => {
      const error = await client.call('work.break', { how }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Failure);
      expect((error as Error).message).toBe('It broke (reference 1).');
      expect(bugs).toEqual([expect.any(how === 'bigint' ? TypeError : RangeError)]);
    },
  );
});

describe('an input that does not fit its schema', () => {
  it.each([
    ['text.repeat', {}, /^The input of "text.repeat" is wrong. text: .*expected string/],
    ['text.repeat', { text: 'a', times: 10 }, /times: .*<=9/],
    ['text.repeat', { text: 'a', time: 1 }, /Unrecognized key: "time"/],
    ['text.repeat', JSON.parse('{"text":"a","__proto__":{"times":1}}'), /"__proto__"/],
    ['text.repeat', null, /expected object/],
    ['text.repeat', undefined, /expected object/],
    ['list.sum', [{ value: 1 }, { value: 'x' }], /1.value: .*expected number/],
  ])('is refused in words: %s %j', async (name, input, words) => {
    await expect(callAnything(name, input)).rejects.toMatchObject({
      name: 'Failure',
      code: 'bad-input',
      message: expect.stringMatching(words) as string,
    });
    expect(bugs).toEqual([]);
  });

  it('names the first few of many faults', async () => {
    const faulty = Array.from({ length: 1000 }, () => ({ value: 'x' }));
    const error = await callAnything('list.sum', faulty).catch((caught: unknown) => caught);
    expect((error as Error).message.length).toBeLessThan(500);
  });
});

describe('a name that is no method', () => {
  it.each([
    ...['text.reverse', '', 'constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'],
  ])('is not found: "%s"', async (name) => {
    await expect(callAnything(name, {})).rejects.toMatchObject({
      code: 'not-found',
      message: `There is no method "${name}".`,
    });
    expect(bugs).toEqual([]);
  });
});

describe('stopping', () => {
  it('sets the handler’s stop, and its answer decides', async () => {
    const controller = new AbortController();
    const call = client.call('work.wait', {}, controller.signal);
    await vi.waitFor(() => expect(aborted()).toEqual([false]));
    controller.abort();
    await vi.waitFor(() => expect(aborted()).toEqual([true]));
    release('finished all the same');
    expect(await call).toBe('finished all the same');
  });

  it('with a signal that is aborted already does not even ask', async () => {
    const call = client.call('work.wait', {}, AbortSignal.abort());
    await expect(call).rejects.toMatchObject({ code: 'stopped' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(stops).toEqual([]);
  });

  it('leaves no listener on the signal, whether the call succeeds or fails', async () => {
    const listeners = new Set<() => void>();
    const signal: StopSignal = {
      aborted: false,
      addEventListener: (_, listener) => void listeners.add(listener),
      removeEventListener: (_, listener) => void listeners.delete(listener),
    };
    const call = client.call('text.repeat', { text: 'a' }, signal);
    expect(listeners.size).toBe(1);
    await call;
    expect(listeners.size).toBe(0);
    await expect(client.call('work.fail', {}, signal)).rejects.toThrow();
    expect(listeners.size).toBe(0);
  });

  it('one call leaves the others alone', async () => {
    const first = client.start('work.wait', {});
    const second = client.start('work.wait', {});
    await vi.waitFor(() => expect(stops).toHaveLength(2));
    second.stop();
    await vi.waitFor(() => expect(aborted()).toEqual([false, true]));
    first.result.catch(() => undefined);
    second.result.catch(() => undefined);
    client.close();
  });

  it('is what a closed link means to the handlers behind it', async () => {
    const { result } = client.start('work.wait', {});
    await vi.waitFor(() => expect(aborted()).toEqual([false]));
    client.close();
    expect(aborted()).toEqual([true]);
    await expect(result).rejects.toMatchObject({ code: 'link-closed' });
    // Its late answer goes nowhere.
    release('late');
  });

  it('by another call’s number is not possible: a number in use is ignored', async () => {
    const { result } = client.start('work.wait', {});
    await vi.waitFor(() => expect(stops).toHaveLength(1));
    ends[1].send({ kind: 'call', id: 1, name: 'work.wait', input: {} });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(stops).toHaveLength(1);
    release('first');
    expect(await result).toBe('first');
  });
});

describe('events', () => {
  it('reach every listener in order, until it is taken off', async () => {
    const heard: string[] = [];
    const off = client.on('text.changed', ({ text }) => heard.push(`a ${text}`));
    client.on('text.changed', ({ text }) => heard.push(`b ${text}`));
    server.emit('text.changed', { text: '1' });
    server.emit('text.other', { text: 'nobody listens' });
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    off();
    server.emit('text.changed', { text: '2' });
    await vi.waitFor(() => expect(heard).toEqual(['a 1', 'b 1', 'b 2']));
  });

  it('pass as copies', async () => {
    const data = { text: 'then' };
    const heard = new Promise((resolve) => client.on('text.changed', resolve));
    server.emit('text.changed', data);
    data.text = 'now';
    expect(await heard).toEqual({ text: 'then' });
  });
});

describe('a closed link', () => {
  it('is told of once on both sides, at once to those who ask later', () => {
    const told: string[] = [];
    ends[0].onClose(() => told.push('server'));
    client.onClose(() => told.push('client'));
    client.close();
    client.close();
    ends[0].close();
    client.onClose(() => told.push('late'));
    expect(told).toEqual(['server', 'client', 'late']);
  });

  it('rejects new calls', async () => {
    client.close();
    await expect(client.call('text.repeat', { text: 'a' })).rejects.toMatchObject({
      code: 'link-closed',
    });
  });
});
