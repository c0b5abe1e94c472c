// Messages of any shape from the other side: none may crash either end, reach a handler unchecked, or
// leave a promise that rejects unseen.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { coreMethods } from '#contract/core.ts';
import { connect } from '#rpc/connect.ts';
import type { Link } from '#rpc/link.ts';
import { inputChecker, type CallsOf } from '#rpc/method.ts';
import { serve, type Handler } from '#rpc/serve.ts';
import type { Message } from '#rpc/wire.ts';
import { sizes } from '../../support/sizes.ts';

const messagesAtOnce = 20;
const runs = sizes.messages / messagesAtOnce;

const unseen: unknown[] = [];
const note = (error: unknown) => void unseen.push(error);
beforeAll(() => {
  process.on('unhandledRejection', note).on('uncaughtException', note);
});
afterAll(() => {
  process.off('unhandledRejection', note).off('uncaughtException', note);
});

/** A link whose other side the test plays. */
function playedLink() {
  const sent: Message[] = [];
  let listener: (message: unknown) => void = () => undefined;
  const link: Link = {
    send: (message) => void sent.push(JSON.parse(JSON.stringify(message)) as Message),
    onMessage: (given) => void (listener = given),
    onClose: () => undefined,
    close: () => undefined,
  };
  return { link, sent, deliver: (message: unknown) => listener(message) };
}

const oddValue = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, maxDepth: 4 }),
  fc.constantFrom(NaN, Infinity, -0, undefined, null, '\ud800', 2 ** 53, 1e308, [], {}, () => 1),
  fc.constant(Object.assign(Object.create({ kind: 'call' }) as object, { id: 1 })),
  fc.constant(cyclic()),
  fc.constant(JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{}}}')),
  fc.string({ maxLength: 5000, unit: 'binary' }),
);

function cyclic(): object {
  const value: Record<string, unknown> = { kind: 'call', id: 1, name: 'jobs.list' };
  value['input'] = value;
  return value;
}

const names = Object.keys(coreMethods);
const odd = ['', '__proto__', 'constructor', 'toString', 'jobs', 'JOBS.LIST', 'jobs.list\0'];
const name = fc.oneof(fc.constantFrom(...names, ...odd), fc.string(), oddValue);
const id = fc.oneof(fc.integer({ min: 0, max: 30 }), oddValue);

/** Inputs near to right ones, so that some pass and many fail deep inside. */
const nearInput = fc.dictionary(
  fc.constantFrom(
    ...['runId', 'jobId', 'modelId', 'dataset', 'paths', 'split', 'seed', 'overrides', 'preset'],
    ...['outliers', 'shifts', 'engine', 'limit', 'offset', '__proto__', 'extra'],
  ),
  fc.oneof(
    fc.integer({ min: -1, max: 20_000 }),
    fc.constantFrom('cells', 'quick', 'auto', 'train', ' ', [0.6, 0.2, 0.2], ['/a'], {}, []),
    fc.array(fc.record({ name: fc.string(), weight: fc.double(), strength: fc.double() })),
    oddValue,
  ),
);

const message = fc.oneof(
  { weight: 1, arbitrary: oddValue },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        kind: fc.oneof(fc.constantFrom('call', 'stop', 'result', 'error', 'event'), oddValue),
        id,
        name,
        input: fc.oneof(nearInput, oddValue),
        output: oddValue,
        data: oddValue,
        error: fc.oneof(
          oddValue,
          fc.record({ code: oddValue, message: oddValue, path: oddValue }, { requiredKeys: [] }),
        ),
      },
      { requiredKeys: [] },
    ),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('call'),
      id: fc.integer({ min: 0, max: 1000 }),
      name: fc.constantFrom(...names),
      input: fc.oneof(nearInput, fc.constant({}), fc.record({ runId: fc.integer(), jobId: id })),
    }),
  },
);
const messages = fc.array(message, { minLength: messagesAtOnce, maxLength: messagesAtOnce });

it(`${sizes.messages} to the answering side: only inputs that fit reach a handler, and nothing breaks`, async () => {
  const bugs: unknown[] = [];
  let handled = 0;
  let answered = 0;
  const unchecked: unknown[] = [];
  const handlers = Object.fromEntries(
    names.map((key): [string, Handler] => [
      key,
      (input: unknown) => {
        handled++;
        const again = coreMethods[key as keyof typeof coreMethods].input.safeParse(input);
        if (!again.success || typeof input !== 'object') unchecked.push([key, input]);
        return null;
      },
    ]),
  );
  await fc.assert(
    fc.asyncProperty(messages, async (batch) => {
      const { link, sent, deliver } = playedLink();
      const onBug = (error: unknown) => `Bug ${bugs.push(error)}.`;
      serve(link, { handlers, parse: inputChecker(coreMethods), onBug });
      for (const one of batch) deliver(one);
      await new Promise((resolve) => setImmediate(resolve));
      answered += sent.length;
      for (const answer of sent) {
        expect(answer.kind === 'result' || answer.kind === 'error').toBe(true);
        if (answer.kind === 'error') expect(answer.error.code).toMatch(/^(bad-input|not-found)$/);
      }
    }),
    { numRuns: runs, seed: 2026 },
  );
  console.log(`${runs * messagesAtOnce} messages: ${answered} answers, ${handled} handled`);
  expect({ bugs, unchecked, unseen }).toEqual({ bugs: [], unchecked: [], unseen: [] });
  expect(handled).toBeGreaterThan(0.03 * sizes.messages);
  expect(answered).toBeGreaterThan(handled);
  expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
});

it(`${sizes.messages} to the asking side: calls settle once, with a value or an Error, and nothing breaks`, async () => {
  let settled = 0;
  await fc.assert(
    fc.asyncProperty(messages, async (batch) => {
      const { link, deliver } = playedLink();
      const client = connect<CallsOf<typeof coreMethods>, { [name: string]: unknown }>(link);
      const heard: unknown[] = [];
      client.on('job.changed', (data) => heard.push(data));
      const results = Array.from({ length: 30 }, () =>
        client.start('jobs.list', {}).result.then(
          () => settled++,
          (error: unknown) => {
            settled++;
            expect(error).toBeInstanceOf(Error);
            expect((error as Error).message).toBeTypeOf('string');
          },
        ),
      );
      for (const one of batch) deliver(one);
      for (let call = 1; call <= results.length; call++) {
        deliver({ kind: 'result', id: call, output: [] });
      }
      await Promise.all(results);
    }),
    { numRuns: runs, seed: 2027 },
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).toBe(runs * 30);
  expect(unseen).toEqual([]);
});
