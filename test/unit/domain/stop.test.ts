import { describe, expect, it, vi } from 'vitest';
import { either, neverStop, stopOf, StopSource, type Stop, type StopSignal } from '#domain/stop.ts';

/** A signal that can be asked how many listen. */
function countedSignal() {
  const listeners = new Set<() => void>();
  const signal: StopSignal & { aborted: boolean } = {
    aborted: false,
    addEventListener: (_, listener) => void listeners.add(listener),
    removeEventListener: (_, listener) => void listeners.delete(listener),
  };
  const abort = () => {
    signal.aborted = true;
    for (const listener of [...listeners]) listener();
  };
  return { signal, abort, listeners };
}

/** Each way to a stop: the stop and what sets it. */
const ways: readonly (readonly [string, () => { stop: Stop; set: () => void }])[] = [
  [
    'a source',
    () => {
      const source = new StopSource();
      return { stop: source, set: () => source.stop() };
    },
  ],
  [
    'an AbortSignal',
    () => {
      const controller = new AbortController();
      return { stop: stopOf(controller.signal), set: () => controller.abort() };
    },
  ],
  [
    'either of two, by the first',
    () => {
      const source = new StopSource();
      return { stop: either(source, new StopSource()), set: () => source.stop() };
    },
  ],
  [
    'either of two, by the second',
    () => {
      const source = new StopSource();
      return { stop: either(neverStop, source), set: () => source.stop() };
    },
  ],
];

describe.each(ways)('%s', (_, make) => {
  it('calls a listener once, however often it is set', () => {
    const { stop, set } = make();
    const listener = vi.fn();
    stop.onStop(listener);
    expect(stop.aborted).toBe(false);
    expect(listener).not.toHaveBeenCalled();
    set();
    set();
    expect(stop.aborted).toBe(true);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('calls a listener added later immediately, once', () => {
    const { stop, set } = make();
    set();
    const listener = vi.fn();
    stop.onStop(listener)();
    set();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('does not call a removed listener, and calls the others', () => {
    const { stop, set } = make();
    const [removed, kept] = [vi.fn(), vi.fn()];
    const remove = stop.onStop(removed);
    stop.onStop(kept);
    remove();
    remove();
    set();
    expect(removed).not.toHaveBeenCalled();
    expect(kept).toHaveBeenCalledTimes(1);
  });

  it('counts the same listener twice when it is given twice', () => {
    const { stop, set } = make();
    const listener = vi.fn();
    stop.onStop(listener);
    stop.onStop(listener)();
    set();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

describe('either', () => {
  it('calls a listener once when both are set, one by the listener of the other', () => {
    const [first, second] = [new StopSource(), new StopSource()];
    const listener = vi.fn(() => second.stop());
    either(first, second).onStop(listener);
    first.stop();
    second.stop();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('without any stops is never set', () => {
    const listener = vi.fn();
    either().onStop(listener);
    expect(either().aborted).toBe(false);
    expect(listener).not.toHaveBeenCalled();
  });

  it('leaves no listener on a stop that is never set', () => {
    const { signal, abort, listeners } = countedSignal();
    const source = new StopSource();
    const stop = either(source, stopOf(signal));
    expect(listeners.size).toBe(0);
    stop.onStop(() => undefined)();
    expect(listeners.size).toBe(0);
    stop.onStop(() => undefined);
    expect(listeners.size).toBe(1);
    source.stop();
    expect(listeners.size).toBe(0);
    abort();
    stop.onStop(() => undefined);
    expect(listeners.size).toBe(0);
  });
});

describe('stopOf', () => {
  it('leaves no listener on the signal once it is set', () => {
    const { signal, abort, listeners } = countedSignal();
    stopOf(signal).onStop(() => undefined);
    expect(listeners.size).toBe(1);
    abort();
    expect(listeners.size).toBe(0);
  });
});

it('neverStop is never set', () => {
  neverStop.onStop(() => expect.unreachable())();
  expect(neverStop.aborted).toBe(false);
});
