import { beforeEach, expect, it, vi } from 'vitest';
import { Interrupts } from '#hosts/cli/interrupts.ts';

let now = 0;
beforeEach(() => {
  now = 10_000;
});

it('ends the process when nothing is under way', () => {
  const exit = vi.fn();
  new Interrupts(exit, () => now).interrupt();
  expect(exit).toHaveBeenCalledOnce();
});

it('stops what is under way first, and ends the process on the second press', async () => {
  const exit = vi.fn();
  const stop = vi.fn();
  const interrupts = new Interrupts(exit, () => now);
  const { promise, resolve } = Promise.withResolvers<string>();
  const during = interrupts.during(stop, promise);
  interrupts.interrupt();
  expect([stop.mock.calls.length, exit.mock.calls.length]).toEqual([1, 0]);
  now += 2000;
  interrupts.interrupt();
  expect([stop.mock.calls.length, exit.mock.calls.length]).toEqual([1, 1]);
  resolve('done');
  expect(await during).toBe('done');
});

it('takes the two signals of one press, from the terminal and from npm, for one', () => {
  const exit = vi.fn();
  const stop = vi.fn();
  const interrupts = new Interrupts(exit, () => now);
  void interrupts.during(stop, new Promise(() => undefined));
  interrupts.interrupt();
  now += 30;
  interrupts.interrupt();
  expect([stop.mock.calls.length, exit.mock.calls.length]).toEqual([1, 0]);
});

it('forgets how to stop what has ended', async () => {
  const exit = vi.fn();
  const stop = vi.fn();
  const interrupts = new Interrupts(exit, () => now);
  await interrupts.during(stop, Promise.resolve());
  interrupts.interrupt();
  expect([stop.mock.calls.length, exit.mock.calls.length]).toEqual([0, 1]);
});
