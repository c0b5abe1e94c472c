import { describe, expect, it } from 'vitest';
import {
  CheckpointClock,
  checkpointSeconds,
  standardRule,
} from '#worker/tasks/checkpoint-clock.ts';

const hour = 3600;

interface Written {
  readonly count: number;
  /** Of the whole time, 0 … 1. */
  readonly share: number;
  /** The longest time without a checkpoint, seconds. */
  readonly longest: number;
}

/** A training of `seconds`, in steps of one tenth, whose checkpoints take `write` seconds each. */
function train(seconds: number, write: number): Written {
  const clock = new CheckpointClock(standardRule, 0);
  let [now, saved, count, longest] = [0, 0, 0, 0];
  for (let trained = 0; trained < seconds; trained += 0.1) {
    now += 0.1;
    longest = Math.max(longest, now - saved);
    if (!clock.isDue(1000 * now)) continue;
    clock.written(1000 * now, 1000 * (now + write));
    now += write;
    saved = now;
    count++;
  }
  return { count, share: (count * write) / now, longest };
}

describe('the checkpoint clock', () => {
  it('needs none for a run of less than a minute', () => {
    expect(train(59, 0.5)).toMatchObject({ count: 0, share: 0 });
    expect(checkpointSeconds(59, 0.5)).toBe(0);
  });

  it('loses a minute at most in short runs, and a fiftieth or ten minutes in long ones', () => {
    expect(train(0.5 * hour, 0.5).longest).toBeLessThan(60.2);
    expect(train(5 * hour, 0.5).longest).toBeLessThan(0.021 * 5 * hour);
    expect(train(50 * hour, 0.5).longest).toBeLessThan(600.2);
  });

  it('takes at most a twentieth of the time, however slow the disk is', () => {
    for (const write of [0.05, 0.5, 3, 10, 60]) {
      const { share, count } = train(5 * hour, write);
      expect(share).toBeLessThanOrEqual(0.05);
      expect(count).toBeGreaterThan(0);
    }
  });

  it('writes little in a long run: of 92 MB each, 1000 steps of half a second write 0.7 GB', () => {
    expect(train(500, 0.6).count).toBe(8);
    expect(train(24 * hour, 0.6).count).toBeLessThan(270);
  });

  it('is predicted before a run', () => {
    for (const [seconds, write] of [
      [500, 0.6],
      [3 * hour, 0.6],
      [24 * hour, 12],
    ] as const) {
      const { count } = train(seconds, write);
      expect(Math.abs(checkpointSeconds(seconds, write) / write - count)).toBeLessThanOrEqual(
        1 + 0.01 * count,
      );
    }
  });
});
