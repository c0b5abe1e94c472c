// The order in which a window closes, and that it closes whatever fails.

import { describe, expect, it, vi } from 'vitest';
import { closing, type ClosingSteps } from '#hosts/electron/closing.ts';

function windowWith(changed: Partial<ClosingSteps> = {}) {
  const done: string[] = [];
  const step = (name: string) => () => {
    done.push(name);
    return Promise.resolve();
  };
  let heldBack = 0;
  const listener = closing({
    mayClose: () => Promise.resolve(true),
    kept: () => done.push('kept'),
    hide: step('hide'),
    closeProject: step('project'),
    closeSettings: step('settings'),
    tell: (error) => done.push(`told: ${String(error)}`),
    finish: () => {
      done.push('finish');
      close();
    },
    ...changed,
  });
  /** Whether the window is closed by this "close". */
  const close = (): boolean => {
    const before = heldBack;
    listener({ preventDefault: () => heldBack++ });
    return heldBack === before;
  };
  return { done, close, heldBack: () => heldBack };
}

describe('a window', () => {
  it('closes once its project and the settings are closed', async () => {
    const { done, close } = windowWith();
    expect(close()).toBe(false);
    await vi.waitFor(() => expect(done.at(-1)).toBe('finish'));
    expect(done).toEqual(['hide', 'project', 'settings', 'finish']);
    expect(close()).toBe(true);
  });

  it('stays when the user keeps it, and asks again the next time', async () => {
    const answers = [false, true];
    const { done, close } = windowWith({ mayClose: () => Promise.resolve(answers.shift()!) });
    close();
    await vi.waitFor(() => expect(done).toEqual(['kept']));
    expect(close()).toBe(false);
    await vi.waitFor(() => expect(done.at(-1)).toBe('finish'));
  });

  it('asks once, however often it is to be closed', async () => {
    const mayClose = vi.fn(() => Promise.resolve(true));
    const { done, close, heldBack } = windowWith({ mayClose });
    close();
    close();
    await vi.waitFor(() => expect(done.at(-1)).toBe('finish'));
    expect([mayClose.mock.calls.length, heldBack()]).toEqual([1, 2]);
  });

  it.each(['hide', 'closeProject', 'closeSettings'] as const)(
    'closes, and says so, when %s fails',
    async (name) => {
      const { done, close } = windowWith({ [name]: () => Promise.reject(new Error('No answer.')) });
      close();
      await vi.waitFor(() => expect(done.at(-1)).toBe('finish'));
      expect(done.filter((text) => text === 'told: Error: No answer.')).toHaveLength(1);
      expect(done).toHaveLength(4);
      expect(close()).toBe(true);
    },
  );

  it('stays, and can be closed later, when the question fails', async () => {
    let isBroken = true;
    const { done, close } = windowWith({
      mayClose: () => (isBroken ? Promise.reject(new Error('No answer.')) : Promise.resolve(true)),
    });
    close();
    await vi.waitFor(() => expect(done).toEqual(['told: Error: No answer.', 'kept']));
    isBroken = false;
    close();
    await vi.waitFor(() => expect(done.at(-1)).toBe('finish'));
  });
});
