// Failures: what a user can act upon, told apart from everything else that is thrown.

import { describe, expect, it } from 'vitest';
import { Failure, failureCodes } from '#domain/failure.ts';
import { neverStop, StopSource, throwIfStopped } from '#domain/stop.ts';

describe('a failure', () => {
  it('carries code, sentence, path and cause', () => {
    const cause = new Error('why');
    const failure = new Failure('unreadable-image', 'It is damaged.', '/a.png', { cause });
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({
      name: 'Failure',
      code: 'unreadable-image',
      path: '/a.png',
      message: 'It is damaged.',
    });
    expect(failure.cause).toBe(cause);
    expect(failure.stack).toContain('failure.test.ts');
    expect(new Failure('stopped', 'Stopped.').path).toBeUndefined();
  });

  it('has codes that scripts can match: lower-case words, each once, none for a bug', () => {
    for (const code of failureCodes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(new Set(failureCodes).size).toBe(failureCodes.length);
    expect(failureCodes).not.toContain('internal');
  });
});

describe('stopping', () => {
  it('throws once the stop is set, and not before', () => {
    const source = new StopSource();
    throwIfStopped(source);
    throwIfStopped(neverStop);
    source.stop();
    expect(() => throwIfStopped(source)).toThrow(
      expect.objectContaining({ name: 'Failure', code: 'stopped' }),
    );
  });
});
