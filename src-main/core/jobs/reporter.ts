// The progress of a job: kept in memory at once, sent and written at intervals.

export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly note: string | null;
}

/** Intervals between two progress messages, and between two writes, milliseconds. */
const messageMs = 100;
const writeMs = 1000;

/**
 * Throttles progress: the first report at once, then the latest one once per interval. `job` always has the
 * latest one.
 */
export class Reporter {
  readonly #job: { progress: Progress };
  readonly #announce: () => void;
  readonly #write: (progress: Progress) => void;
  #timer: NodeJS.Timeout | undefined;
  #isFresh = false;
  #isClosed = false;
  #lastWrite = -Infinity;

  constructor(
    job: { progress: Progress },
    announce: () => void,
    write: (progress: Progress) => void,
  ) {
    this.#job = job;
    this.#announce = announce;
    this.#write = write;
  }

  report(progress: Progress): void {
    // A late report of a handler that has ended: the job's progress has been written.
    if (this.#isClosed) return;
    this.#job.progress = progress;
    this.#isFresh = true;
    if (!this.#timer) this.#pass();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #pass(): void {
    this.#timer = undefined;
    if (!this.#isFresh) return;
    this.#isFresh = false;
    this.#announce();
    const time = performance.now();
    if (time - this.#lastWrite >= writeMs) {
      this.#lastWrite = time;
      try {
        this.#write(this.#job.progress);
      } catch {
        // A full disk fails necessary writes, but a job must not fail because of its progress.
      }
    }
    this.#passAt(time + messageMs);
  }

  /** Timers count whole milliseconds and may come a little early: then the rest is waited for as well. */
  #passAt(time: number): void {
    const rest = time - performance.now();
    if (rest > 0) this.#timer = setTimeout(() => this.#passAt(time), Math.ceil(rest));
    else this.#pass();
  }
}
