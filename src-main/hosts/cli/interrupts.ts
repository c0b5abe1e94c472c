// The interrupt key (Ctrl+C) and the signals that ask a process to end: the first lets running work finish
// properly, the second ends the process at once.

/** One press may arrive twice: from the terminal and from npm, which passes it on. */
const samePressMs = 250;

export class Interrupts {
  readonly #exit: () => void;
  readonly #now: () => number;
  #lastAt = -Infinity;
  #isStopping = false;
  #stop: (() => void) | undefined;

  /** exit: ends the process at once; now: the time in milliseconds. */
  constructor(exit: () => void, now: () => number) {
    this.#exit = exit;
    this.#now = now;
  }

  /** While `work` runs, the first interrupt calls `stop` instead of ending the process. */
  async during<T>(stop: () => void, work: Promise<T>): Promise<T> {
    this.#stop = stop;
    try {
      return await work;
    } finally {
      this.#stop = undefined;
    }
  }

  /** To be called for each signal. */
  interrupt(): void {
    const at = this.#now();
    const isSamePress = at - this.#lastAt < samePressMs;
    this.#lastAt = at;
    if (isSamePress) return;
    if (this.#isStopping || !this.#stop) {
      this.#exit();
      return;
    }
    this.#isStopping = true;
    this.#stop();
  }
}
