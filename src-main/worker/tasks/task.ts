// What every task of the worker is given, and how it lets messages in.

import { setImmediate } from 'node:timers/promises';
import type { Stop } from '#domain/stop.ts';
import type { WorkerEvents } from '../contract.ts';

export interface TaskContext {
  readonly stop: Stop;
  readonly emit: <K extends keyof WorkerEvents>(name: K, data: WorkerEvents[K]) => void;
}

const longestTurnMs = 50;

/**
 * Lets the process take messages in between pieces of work: a loop that only awaits what is already
 * there would never see a stop.
 */
export class Turns {
  #since = performance.now();

  /** Call often; it pauses only when the last pause is a while ago. */
  async give(): Promise<void> {
    if (performance.now() - this.#since < longestTurnMs) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
