// The job queue: manages order, state, progress and stopping, so that a handler is only a function.
//
// Stopping sets the handler's stop; a handler returns within half a second. Handlers are idempotent, because
// an interrupted job is submitted again.

import type { Job, JobState } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { StopSource, type Stop } from '#domain/stop.ts';
import type { ProjectDatabase, Writer } from '../store/database.ts';
import {
  addJob,
  endJob,
  findJob,
  listJobs,
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
  readJobSpec,
  type JobKind,
  type JobSpec,
  type LaneName,
  type SpecOf,
} from './job-spec.ts';
import { FailedJob } from './failed-job.ts';
import { Reporter, type Progress } from './reporter.ts';

export interface JobContext {
  readonly jobId: number;
  readonly stop: Stop;
  readonly report: (progress: Progress) => void;
}

/** A handler's result is JSON-safe. Throwing `stopped` or `link-closed` is not a failure. */
export type JobHandlers = {
  readonly [K in JobKind]: (spec: SpecOf<K>, job: JobContext) => Promise<unknown>;
};

export interface QueueOptions {
  readonly database: ProjectDatabase;
  readonly handlers: JobHandlers;
  /** Called with each state, and with progress at most ten times a second per job. */
  readonly onChange: (job: Job) => void;
  /**
   * Called with each state inside the transaction that writes it, so that data about the job
   * (the state of its run) never differs from it.
   */
  readonly onState?: (writer: Writer, job: JobStanding) => void;
  /** Called with errors that are not failures; returns the message for the user. */
  readonly onBug: (error: unknown) => string;
  readonly now: () => Date;
}

export interface JobStanding {
  readonly id: number;
  readonly kind: JobKind;
  /** JSON, as it was submitted. */
  readonly spec: string;
  readonly state: JobState;
  /** A sentence for the user. */
  readonly failure: string | null;
}

interface RunningJob {
  readonly lane: LaneName;
  readonly stop: StopSource;
  readonly ended: Promise<void>;
  progress: Progress;
}

export class JobQueue {
  readonly #options: QueueOptions;
  readonly #waiting: number[] = [];
  readonly #running = new Map<number, RunningJob>();
  /** The ends of jobs that could not be written. */
  readonly #unwritten = new Map<number, Ending>();
  #isClosing = false;
  #holds = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /**
   * The id of the new job, or of an unfinished one with the same request; one that is stopping is
   * not. Throws `link-closed` once the queue is closing.
   */
  submit(spec: JobSpec): number {
    if (this.#isClosing) throw new Failure('link-closed', 'The project is being closed.');
    const alive = this.findAlive(spec);
    const isStopping = alive && this.#running.get(alive.id)?.stop.aborted;
    if (alive && !isStopping) return alive.id;
    const { database, now } = this.#options;
    const text = JSON.stringify(spec);
    const id = database.transact((writer) => {
      const added = addJob(writer, spec.kind, text, now().toISOString());
      this.#tell(writer, { id: added, kind: spec.kind, spec: text }, 'queued', null);
      return added;
    });
    this.#waiting.push(id);
    this.#announce(id);
    this.#startNext();
    return id;
  }

  /** Asks a job to stop; resolves with its state once it has ended. Throws `not-found`. */
  async stop(id: number): Promise<JobState> {
    const running = this.#running.get(id);
    if (running) {
      running.stop.stop();
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
    return this.#latest(job);
  }

  /** The queued or running job with the same request; the newest, when one is just stopping. */
  findAlive(spec: JobSpec): StoredJob | undefined {
    const text = JSON.stringify(spec);
    const alive = this.#options.database.read(liveJobs);
    return alive.findLast((job) => job.spec === text && !this.#unwritten.has(job.id));
  }

  /** The requests of the jobs that wait or run. */
  specsAlive(): JobSpec[] {
    const alive = this.#options.database.read(liveJobs);
    return alive
      .filter(({ id }) => !this.#unwritten.has(id))
      .map(({ spec }) => jobSpec.parse(JSON.parse(spec)));
  }

  /** Every job with its latest progress, oldest first. */
  list(): StoredJob[] {
    return this.#options.database.read(listJobs).map((job) => this.#latest(job));
  }

  #latest(job: StoredJob): StoredJob {
    return { ...job, ...this.#running.get(job.id)?.progress, ...this.#unwritten.get(job.id) };
  }

  /** Stops everything; unfinished jobs are marked as interrupted, to be resumed. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.stop();
    await Promise.all(running.map(({ ended }) => ended));
    for (const id of this.#waiting.splice(0)) {
      this.#end(id, { state: 'interrupted', ...interruption }, this.#progressOf(id));
    }
  }

  /** Submitted jobs wait until the returned function is called. */
  hold(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
      this.#startNext();
    };
  }

  #startNext(): void {
    if (this.#holds > 0) return;
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
    const stop = new StopSource();
    const { promise: ended, resolve } = Promise.withResolvers<undefined>();
    const running: RunningJob = { lane, stop, ended, progress: this.#progressOf(job.id) };
    this.#running.set(job.id, running);
    void this.#run(job, running)
      .finally(() => {
        resolve(undefined);
        this.#startNext();
      })
      .catch(this.#options.onBug);
  }

  async #run(job: StoredJob, running: RunningJob): Promise<void> {
    const { database, now } = this.#options;
    const reporter = new Reporter(
      running,
      () => this.#announce(job.id),
      (progress) => {
        database.transact((writer) => {
          writeProgress(writer, job.id, progress);
        });
      },
    );
    let outcome: Ending;
    try {
      database.transact((writer) => {
        startJob(writer, job.id, now().toISOString());
        this.#tell(writer, job, 'running', null);
      });
      this.#announce(job.id);
      const spec = readJobSpec(job.spec);
      const context: JobContext = {
        jobId: job.id,
        stop: running.stop,
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
      case 'relink':
        return handlers.relink(spec, context);
      case 'train':
        return handlers.train(spec, context);
      case 'refit':
        return handlers.refit(spec, context);
      case 'score':
        return handlers.score(spec, context);
      case 'compare':
        return handlers.compare(spec, context);
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
    const result = error instanceof FailedJob ? JSON.stringify(error.result) : null;
    return { state, failure, result };
  }

  #progressOf(id: number): Progress {
    const { done, total, note } = this.find(id);
    return { done, total, note };
  }

  #end(id: number, ending: Ending, { done, total, note }: Progress): void {
    const { database, now } = this.#options;
    try {
      const job = this.find(id);
      database.transact((writer) => {
        endJob(writer, id, { ...ending, done, total, note }, now().toISOString());
        this.#tell(writer, job, ending.state, ending.failure?.message ?? null);
      });
    } catch (error) {
      // The disk is full, for instance. Waiting callers are told the end all the same; the row says
      // "running", and the next process that opens the project marks it as interrupted.
      this.#options.onBug(error);
      this.#unwritten.set(id, ending);
    }
    this.#announce(id);
  }

  #tell(
    writer: Writer,
    { id, kind, spec }: Pick<JobStanding, 'id' | 'kind' | 'spec'>,
    state: JobState,
    failure: string | null,
  ): void {
    this.#options.onState?.(writer, { id, kind, spec, state, failure });
  }

  #announce(id: number): void {
    const { kind, runId, state, done, total, note, failure } = this.find(id);
    this.#options.onChange({ id, kind, runId, state, done, total, note, failure });
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
