import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Toasts } from '../../../../src-renderer/state/toasts.svelte.ts';

describe('messages in the corner', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function made() {
    const toasts = new Toasts();
    return { toasts, texts: () => toasts.list.map(({ text }) => text) };
  }

  it('offer undo for the last result only, and errors stay', () => {
    const { toasts } = made();
    const run = () => undefined;
    toasts.failed('The disk is full.');
    toasts.done('Set role to normal', { label: 'Undo', run });
    toasts.done('Undone: Set role to normal', { label: 'Redo', run });
    expect(toasts.list.map(({ action, text }) => action?.label ?? text)).toEqual([
      'The disk is full.',
      'Redo',
    ]);
  });

  it('disappear after a while, but not under the pointer', () => {
    const { toasts, texts } = made();
    toasts.failed('The disk is full.');
    toasts.done('Exported.');
    toasts.hold(true);
    vi.advanceTimersByTime(60_000);
    expect(texts()).toEqual(['The disk is full.', 'Exported.']);
    toasts.hold(false);
    vi.advanceTimersByTime(60_000);
    expect(texts()).toEqual(['The disk is full.']);
  });

  it('disappear also after the hovered one was dismissed', () => {
    const { toasts, texts } = made();
    toasts.failed('The disk is full.');
    toasts.hold(true);
    toasts.dismiss(toasts.list[0]!.id);
    toasts.done('Exported.');
    vi.advanceTimersByTime(60_000);
    expect(texts()).toEqual([]);
  });

  it('show a repeated error once', () => {
    const { toasts, texts } = made();
    for (const text of ['The disk is full.', 'No such run.', 'The disk is full.']) {
      toasts.failed(text);
    }
    expect(texts()).toEqual(['No such run.', 'The disk is full.']);
  });

  it('of errors that were read go with their view', () => {
    const { toasts, texts } = made();
    toasts.failed('Nine images are too few.');
    vi.advanceTimersByTime(10_000);
    toasts.failed('The disk is full.');
    toasts.leaveView();
    expect(texts()).toEqual(['The disk is full.']);
  });
});
