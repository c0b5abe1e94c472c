import { describe, expect, it } from 'vitest';
import { Toasts } from '../../../../src-renderer/state/toasts.svelte.ts';

describe('messages in the corner', () => {
  it('offer to take back the last thing only, and failures stay', () => {
    const toasts = new Toasts();
    const run = () => undefined;
    toasts.failed('The disk is full.');
    toasts.done('Set role to normal', { label: 'Undo', run });
    toasts.done('Undone: Set role to normal', { label: 'Redo', run });
    expect(toasts.list.map(({ action, text }) => action?.label ?? text)).toEqual([
      'The disk is full.',
      'Redo',
    ]);
  });
});
