// The job queue: owns order, state, progress and stopping, so that a handler is only a function.
//
// Stopping sets the handler's signal; a handler leaves within half a second. What may be done twice
// must equal what is done once, because a job that was interrupted is asked for again.

import type { Job, JobState } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import type { ProjectDatabase } from '../store/database.ts';
import {
  addJob,
  endJob,
  findJob,
  liveJobs,
  startJob,
  writeProgress,
  type JobOutcome,
  type StoredJob,
} from '../store/jobs.ts';
import {
  jobSpec,
  laneOf,
  laneWidth,
  type JobKind,
  type JobSpec,
  type LaneName,
  type SpecOf,
} from './job-spec.ts';

export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly note: string | null;
}

export interface JobContext {
  readonly jobId: number;
  readonly stop: AbortSignal;
  readonly report: (progress: Progress) => void;
}

/** A handler's result is JSON-safe. What it throws as `stopped` or `link-closed` is no failure. */
export type JobHandlers = {
  readonly [K in JobKind]: (spec: SpecOf<K>, job: JobContext) => Promise<unknown>;
};

export interface QueueOptions {
  readonly database: ProjectDatabase;
  readonly handlers: JobHandlers;
  /** Told of each state, and of progress at most ten times a second a job. */
  readonly onChange: (job: Job) => void;
  /** Told of errors that are no failures; returns what the user may be told. */
  readonly onBug: (error: unknown) => string;
  readonly now: () => Date;
}

/** Between two messages of progress, and between two writes of it, milliseconds. */
const messageMs = 100;
const writeMs = 1000;

interface RunningJob {
  readonly lane: LaneName;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
  progress: Progress;
}

export class JobQueue {
  readonly #options: QueueOptions;
  readonly #waiting: number[] = [];
  readonly #running = new Map<number, RunningJob>();
  #isClosing = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** The id of the new job, or of one that is alive and asked for the same. */
  submit(spec: JobSpec): number {
    const text = JSON.stringify(spec);
    const { database, now } = this.#options;
    const same = database.read(liveJobs).find((job) => job.spec === text);
    if (same) return same.id;
    const id = database.transact((writer) => addJob(writer, spec.kind, text, now().toISOString()));
    this.#waiting.push(id);
    this.#announce(id);
    this.#startNext();
    return id;
  }

  /** Asks a job to stop; resolves with its state once it has ended. Throws `not-found`. */
  async stop(id: number): Promise<JobState> {
    const running = this.#running.get(id);
    if (running) {
      running.controller.abort();
      await running.ended;
    }
    const place = this.#waiting.indexOf(id);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      this.#end(id, { state: 'stopped', failure: null, result: null }, this.#progressOf(id));
    }
    return this.find(id).state;
  }

  /** The job with its latest progress. Throws `not-found`. */
  find(id: number): StoredJob {
    const job = this.#options.database.read((reader) => findJob(reader, id));
    if (!job) throw new Failure('not-found', `There is no job ${id}.`);
    return { ...job, ...this.#running.get(id)?.progress };
  }

  /** Stops everything; what was not finished is marked as interrupted, to be taken up again. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const running = [...this.#running.values()];
    for (const { controller } of running) controller.abort();
    await Promise.all(running.map(({ ended }) => ended));
    for (const id of this.#waiting.splice(0)) {
      this.#end(id, { state: 'interrupted', ...interruption }, this.#progressOf(id));
    }
  }

  #startNext(): void {
    for (const id of [...this.#waiting]) {
      if (this.#isClosing) return;
      const job = this.find(id);
      const lane = laneOf[job.kind];
      const inLane = [...this.#running.values()].filter((other) => other.lane === lane).length;
      if (inLane >= laneWidth[lane]) continue;
      this.#waiting.splice(this.#waiting.indexOf(id), 1);
      this.#start(job, lane);
    }
  }

  #start(job: StoredJob, lane: LaneName): void {
    const { database, now } = this.#options;
    const controller = new AbortController();
    database.transact((writer) => {
      startJob(writer, job.id, now().toISOString());
    });
    const { promise: ended, resolve } = Promise.withResolvers<undefined>();
    const running: RunningJob = { lane, controller, ended, progress: this.#progressOf(job.id) };
    this.#running.set(job.id, running);
    this.#announce(job.id);
    void this.#run(job, running).finally(() => {
      resolve(undefined);
      this.#startNext();
    });
  }

  async #run(job: StoredJob, running: RunningJob): Promise<void> {
    const reporter = new Reporter(
      running,
      () => this.#announce(job.id),
      (progress) => {
        this.#options.database.transact((writer) => {
          writeProgress(writer, job.id, progress);
        });
      },
    );
    let outcome: Ending;
    try {
      const spec = parseSpec(job.spec);
      const context: JobContext = {
        jobId: job.id,
        stop: running.controller.signal,
        report: (progress) => reporter.report(progress),
      };
      const result = await this.#handle(spec, context);
      outcome = { state: 'succeeded', failure: null, result: JSON.stringify(result ?? null) };
    } catch (error) {
      outcome = this.#endingOf(error);
    }
    reporter.close();
    this.#running.delete(job.id);
    this.#end(job.id, outcome, running.progress);
  }

  #handle(spec: JobSpec, context: JobContext): Promise<unknown> {
    const { handlers } = this.#options;
    switch (spec.kind) {
      case 'import':
        return handlers.import(spec, context);
      case 'train':
        return handlers.train(spec, context);
      case 'score':
        return handlers.score(spec, context);
    }
  }

  #endingOf(error: unknown): Ending {
    if (!(error instanceof Failure)) {
      const message = this.#options.onBug(error);
      return { state: 'failed', failure: { code: 'internal', message }, result: null };
    }
    if (error.code === 'stopped') {
      if (this.#isClosing) return { state: 'interrupted', ...interruption };
      return { state: 'stopped', failure: null, result: null };
    }
    const failure = { code: error.code, message: error.message };
    const state = error.code === 'link-closed' ? 'interrupted' : 'failed';
    return { state, failure, result: null };
  }

  #progressOf(id: number): Progress {
    const { done, total, note } = this.find(id);
    return { done, total, note };
  }

  #end(id: number, ending: Ending, { done, total, note }: Progress): void {
    const { database, now } = this.#options;
    database.transact((writer) => {
      endJob(writer, id, { ...ending, done, total, note }, now().toISOString());
    });
    this.#announce(id);
  }

  #announce(id: number): void {
    const { kind, state, done, total, note, failure } = this.find(id);
    this.#options.onChange({ id, kind, state, done, total, note, failure });
  }
}

type Ending = Pick<JobOutcome, 'state' | 'failure' | 'result'>;

const interruption = {
  failure: {
    code: 'link-closed',
    message: 'Normscope was closed before this was finished.',
  },
  result: null,
} as const;

function parseSpec(text: string): JobSpec {
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch {
    spec = undefined;
  }
  const parsed = jobSpec.safeParse(spec);
  if (parsed.success) return parsed.data;
  throw new Failure(
    'bad-input',
    'This job was written by another version of Normscope and cannot be understood. Ask for it again.',
  );
}

/** Thins out progress: the first report at once, then the latest one at most every so often. */
class Reporter {
  readonly #job: RunningJob;
  readonly #announce: () => void;
  readonly #write: (progress: Progress) => void;
  #timer: NodeJS.Timeout | undefined;
  #isFresh = false;
  #lastWrite = 0;

  constructor(job: RunningJob, announce: () => void, write: (progress: Progress) => void) {
    this.#job = job;
    this.#announce = announce;
    this.#write = write;
  }

  report(progress: Progress): void {
    this.#job.progress = progress;
    this.#isFresh = true;
    if (!this.#timer) this.#pass();
  }

  close(): void {
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
      this.#write(this.#job.progress);
    }
    this.#timer = setTimeout(() => this.#pass(), messageMs);
  }
}
