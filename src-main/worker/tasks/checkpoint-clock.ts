// Decides when a training writes a checkpoint. The rule is by time, so that the share of a run spent on
// writing depends neither on the length of an epoch nor on the size of the network.

import type { CheckpointRule } from '../contract.ts';

/**
 * A run that is killed loses a minute, in long runs a fiftieth of what it has done, and ten minutes at most;
 * more where writing is so slow that it would take more than a twentieth of the time.
 */
export const standardRule: CheckpointRule = {
  leastSeconds: 60,
  mostSeconds: 600,
  shareOfRun: 0.02,
  mostShare: 0.05,
};

/** Times of a training's checkpoints, seconds. */
interface Progress {
  /** Since it started, writing included. */
  readonly trained: number;
  /** Of it, since the last checkpoint. */
  readonly unsaved: number;
  /** Of it, on writing checkpoints. */
  readonly spent: number;
  /** Expected time of the next checkpoint: that of the last; 0 before the first. */
  readonly write: number;
}

function isDue(rule: CheckpointRule, { trained, unsaved, spent, write }: Progress): boolean {
  const wanted = Math.max(rule.leastSeconds, rule.shareOfRun * trained);
  return (
    unsaved >= Math.min(wanted, rule.mostSeconds) &&
    spent + write <= rule.mostShare * (trained + write)
  );
}

/** All times in milliseconds of one clock. */
export class CheckpointClock {
  readonly #rule: CheckpointRule;
  readonly #begun: number;
  #saved: number;
  #spentMs = 0;
  #writeMs = 0;

  constructor(rule: CheckpointRule, now: number) {
    this.#rule = rule;
    this.#begun = now;
    this.#saved = now;
  }

  isDue(now: number): boolean {
    return isDue(this.#rule, {
      trained: (now - this.#begun) / 1000,
      unsaved: (now - this.#saved) / 1000,
      spent: this.#spentMs / 1000,
      write: this.#writeMs / 1000,
    });
  }

  /** Steps were paused from `start` to `end` while a checkpoint was written. */
  written(start: number, end: number): void {
    this.#writeMs = end - start;
    this.#spentMs += end - start;
    this.#saved = end;
  }
}

/**
 * Seconds that the checkpoints of a whole run take, by the standard rule: its steps take `steps` seconds and
 * each checkpoint `write`.
 */
export function checkpointSeconds(steps: number, write: number): number {
  let spent = 0;
  let saved = 0;
  for (let second = 1; second < steps; second++) {
    const trained = second + spent;
    if (!isDue(standardRule, { trained, unsaved: trained - saved, spent, write })) continue;
    spent += write;
    saved = trained + write;
  }
  return spent;
}
