// How far a job is: kept at once, told and written now and then.

export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly note: string | null;
}

/** Between two messages of progress, and between two writes of it, milliseconds. */
const messageMs = 100;
const writeMs = 1000;

/**
 * Thins out progress: the first report at once, then the latest one at most every so often. `job` has the
 * latest one always.
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
    // From a handler's loose end: how far the job came has been written.
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
        // Progress is worth no job: a disk that is full stops what must be written.
      }
    }
    this.#passAt(time + messageMs);
  }

  /** Timers count whole milliseconds and may come a little early: then the rest is waited for, too. */
  #passAt(time: number): void {
    const rest = time - performance.now();
    if (rest > 0) this.#timer = setTimeout(() => this.#passAt(time), Math.ceil(rest));
    else this.#pass();
  }
}
