// The context that every task of the worker gets, and the pauses in which it receives messages.

import { setImmediate } from 'node:timers/promises';
import type { Stop } from '#domain/stop.ts';
import type { WorkerEvents } from '../contract.ts';

export interface TaskContext {
  readonly stop: Stop;
  readonly emit: <K extends keyof WorkerEvents>(name: K, data: WorkerEvents[K]) => void;
}

const longestTurnMs = 50;

/**
 * Lets the process receive messages during long work: a loop that only awaits resolved promises would
 * never see a stop.
 */
export class Turns {
  #since = performance.now();

  /** Call often; it pauses only when the last pause is long enough ago. */
  async give(): Promise<void> {
    if (performance.now() - this.#since < longestTurnMs) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
