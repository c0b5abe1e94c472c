import { duplexPair } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { lineLink } from '#core/project/line-link.ts';
import type { Message } from '#rpc/wire.ts';

function message(data: unknown): Message {
  return { kind: 'event', name: 'told', data };
}

/** A link, and the raw other end of its stream. */
function setUp(longestLine = 1000) {
  const [own, other] = duplexPair();
  const link = lineLink(own, longestLine);
  const received: unknown[] = [];
  let closed = 0;
  link.onMessage((value) => received.push(value));
  link.onClose(() => closed++);
  other.on('error', () => undefined);
  return { link, own, other, received, closings: () => closed };
}

describe('lineLink', () => {
  it('carries messages in both directions, one a line', async () => {
    const [here, there] = duplexPair();
    const [left, right] = [lineLink(here, 1000), lineLink(there, 1000)];
    const received = { left: [] as unknown[], right: [] as unknown[] };
    left.onMessage((value) => received.left.push(value));
    right.onMessage((value) => received.right.push(value));
    left.send(message('line\nbreak "ü" 細'));
    right.send(message([1, null]));
    await setImmediate();
    expect(received).toEqual({
      left: [message([1, null])],
      right: [message('line\nbreak "ü" 細')],
    });
  });

  it('puts lines together from whatever pieces arrive', async () => {
    const { other, received } = setUp();
    const bytes = Buffer.from('{"a":"ü細"}\n{"b":1}\n{"c"');
    for (const byte of bytes) {
      other.write(Buffer.of(byte));
      await setImmediate();
    }
    other.write(':2}\n');
    await setImmediate();
    expect(received).toEqual([{ a: 'ü細' }, { b: 1 }, { c: 2 }]);
  });

  it('drops lines that are no JSON and goes on', async () => {
    const { other, received, closings } = setUp();
    other.write('\nnot json\n{"a":\n{"a":1}\n');
    await setImmediate();
    expect(received).toEqual([{ a: 1 }]);
    expect(closings()).toBe(0);
  });

  it('closes when a line is too long, whether it ends or not', async () => {
    for (const flood of ['"' + 'x'.repeat(20) + '"\n', 'x'.repeat(21)]) {
      const { other, own, received, closings } = setUp(20);
      other.write('"' + 'x'.repeat(18) + '"\n');
      await setImmediate();
      expect(received).toHaveLength(1);
      other.write(flood);
      await setImmediate();
      await setImmediate();
      expect({ closings: closings(), isDestroyed: own.destroyed }).toEqual({
        closings: 1,
        isDestroyed: true,
      });
      expect(received).toHaveLength(1);
    }
  });

  it('closes when the other side stops reading', async () => {
    const { link, own, closings } = setUp();
    const large = message('x'.repeat(2 ** 20));
    for (let count = 0; count < 80 && own.writable; count++) link.send(large);
    await setImmediate();
    expect(closings()).toBe(1);
  });

  it('sends nothing, and fails at nothing, once it is closed', async () => {
    const { link, other, closings } = setUp();
    other.resume();
    link.send(message(1));
    link.close();
    link.close();
    link.send(message(2));
    while (closings() === 0) await setImmediate();
    link.send(message(3));
    expect(closings()).toBe(1);
  });
});
