// The jobs of the core: queued, running and ended, with rate and time left.

import { SvelteMap } from 'svelte/reactivity';
import type { Job } from '#contract/core.ts';
import type { CoreClient } from '../../client/clients.ts';

/** Progress older than this is ignored for the rate, milliseconds. */
const rateWindowMs = 15_000;

interface Mark {
  readonly atMs: number;
  readonly done: number;
}

export type LiveJob = Job & {
  /** Units per second; null until two reports have arrived. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
};

export class Jobs {
  readonly #core: CoreClient;
  readonly #jobs = new SvelteMap<number, Job>();
  readonly #marks = new SvelteMap<number, readonly Mark[]>();
  readonly #listeners: ((job: Job) => void)[] = [];

  constructor(core: CoreClient) {
    this.#core = core;
    core.on('job.changed', (job) => this.#take(job));
  }

  get all(): readonly Job[] {
    return [...this.#jobs.values()].sort((a, b) => b.id - a.id);
  }

  /** Running jobs, then queued ones, each oldest first. */
  readonly live: readonly LiveJob[] = $derived.by(() =>
    [...this.#jobs.values()]
      .filter(isAlive)
      .sort((a, b) => Number(b.state === 'running') - Number(a.state === 'running') || a.id - b.id)
      .map((job) => this.#withRate(job)),
  );

  async load(): Promise<void> {
    for (const job of await this.#core.call('jobs.list', {})) {
      // An event received meanwhile is newer.
      if (!this.#jobs.has(job.id)) this.#jobs.set(job.id, job);
    }
  }

  async stop(jobId: number): Promise<void> {
    await this.#core.call('jobs.stop', { jobId });
  }

  /** Resolves when a job has ended, whatever its end. Throws what asking for it throws. */
  async whenEnded(jobId: number): Promise<void> {
    let leave: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      leave = this.onState((job) => {
        if (job.id === jobId && !isAlive(job)) resolve();
      });
    });
    try {
      // It may have ended before.
      if (isAlive(await this.#core.call('jobs.show', { jobId }))) await ended;
    } finally {
      leave();
    }
  }

  /** Calls `listener` when a job's state has changed. Returns a function that unsubscribes. */
  onState(listener: (job: Job) => void): () => void {
    this.#listeners.push(listener);
    return () => void this.#listeners.splice(this.#listeners.indexOf(listener), 1);
  }

  #take(job: Job): void {
    const before = this.#jobs.get(job.id);
    this.#jobs.set(job.id, job);
    if (isAlive(job)) {
      const now = performance.now();
      // Another part of the work counts other things.
      const known = before?.note === job.note ? (this.#marks.get(job.id) ?? []) : [];
      const marks = known.filter(({ atMs }) => now - atMs < rateWindowMs);
      this.#marks.set(job.id, [...marks, { atMs: now, done: job.done }]);
    } else {
      this.#marks.delete(job.id);
    }
    if (before?.state !== job.state) for (const listener of this.#listeners) listener(job);
  }

  #withRate(job: Job): LiveJob {
    const marks = this.#marks.get(job.id) ?? [];
    const [first, last] = [marks[0], marks.at(-1)];
    if (!first || !last || last.atMs - first.atMs < 500 || last.done <= first.done) {
      return { ...job, rate: null, secondsLeft: null };
    }
    const rate = (1000 * (last.done - first.done)) / (last.atMs - first.atMs);
    return { ...job, rate, secondsLeft: isCounted(job) ? (job.total - job.done) / rate : null };
  }
}

/** Whether something is left to count: after the last one another part of the work may follow. */
function isCounted(job: Job): job is Job & { readonly total: number } {
  return job.total !== null && job.done < job.total;
}

function isAlive({ state }: Pick<Job, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}
