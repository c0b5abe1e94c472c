// A job queue over a real catalogue for each test, whose handlers do what the test says.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach } from 'vitest';
import type { Job } from '#contract/core.ts';
import type { JobSpec } from '#core/jobs/job-spec.ts';
import { JobQueue, type JobContext, type JobStanding } from '#core/jobs/queue.ts';
import { Log } from '#core/project/log.ts';
import { openDatabase, type OpenDatabase } from '#core/store/open-database.ts';
import { Failure } from '#domain/failure.ts';
import { noon } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

type Work = (job: JobContext) => Promise<unknown>;

export class TestQueue {
  readonly queue: JobQueue;
  readonly log: Log;
  readonly opened: OpenDatabase;
  readonly changes: (Job & { readonly at: number })[] = [];
  readonly standings: JobStanding[] = [];
  /** The numbers of the jobs whose handlers were called, in order. */
  readonly started: number[] = [];
  readonly #works = new Map<number, Work>();
  readonly #over = Promise.withResolvers<undefined>();

  constructor(folder: string, opened: OpenDatabase) {
    this.opened = opened;
    this.log = new Log(folder, () => new Date(noon));
    this.queue = this.another();
  }

  /** A second queue over the same catalogue, as of the next session. */
  another(): JobQueue {
    return new JobQueue({
      database: this.opened.database,
      handlers: {
        import: ({ input }, job) => this.#run(input.seed, job),
        relink: ({ folders }, job) => this.#run(folders.length, job),
        train: ({ runId }, job) => this.#run(runId, job),
        refit: ({ runId }, job) => this.#run(runId, job),
        score: ({ modelId }, job) => this.#run(modelId, job),
        compare: ({ comparisonId }, job) => this.#run(comparisonId, job),
      },
      onChange: (job) => this.changes.push({ ...job, at: performance.now() }),
      onState: (_, standing) => this.standings.push(standing),
      onBug: (error) => this.log.bug(error),
      now: () => new Date(noon),
    });
  }

  submit(spec: JobSpec, work: Work): number {
    this.#works.set(numberOf(spec), work);
    return this.queue.submit(spec);
  }

  /** Resolves with the job once it has ended. */
  async ended(id: number): Promise<ReturnType<JobQueue['find']>> {
    while (/^(queued|running)$/.test(this.queue.find(id).state)) await sleep(2);
    return this.queue.find(id);
  }

  /** Every state in which a job was announced, progress included. */
  states(id: number): string[] {
    return this.changes.filter((job) => job.id === id).map(({ state }) => state);
  }

  /** Also ends work that a test which failed has left waiting for it. */
  async close(): Promise<void> {
    this.#over.resolve(undefined);
    await this.queue.close();
    await this.log.close();
    await this.opened.close();
  }

  #run(number: number, job: JobContext): Promise<unknown> {
    this.started.push(number);
    return Promise.race([this.#works.get(number)!(job), this.#over.promise]);
  }
}

/** A fresh queue for each test of the file; to be called where tests are defined. */
export function testQueues(): () => TestQueue {
  const tempFolder = tempFolders();
  let current: TestQueue | undefined;
  beforeEach(async () => {
    const folder = tempFolder();
    const options = { folder, now: () => new Date(noon), onSlow: () => undefined };
    current = new TestQueue(folder, await openDatabase(options));
  });
  afterEach(() => current!.close());
  return () => current!;
}

export const train = (runId: number): JobSpec => ({ kind: 'train', runId });
export const score = (modelId: number): JobSpec => ({
  ...{ kind: 'score', modelId, dataset: 'cells', engine: 'auto' },
});
export const imports = (seed: number): JobSpec => ({
  kind: 'import',
  input: { paths: ['/pictures'], dataset: 'cells', seed },
});

function numberOf(spec: JobSpec): number {
  if (spec.kind === 'train' || spec.kind === 'refit') return spec.runId;
  if (spec.kind === 'compare') return spec.comparisonId;
  if (spec.kind === 'relink') return spec.folders.length;
  return spec.kind === 'score' ? spec.modelId : spec.input.seed;
}

/** Work that goes on until it is told to end, or stopped. */
export function endless() {
  const { promise: told, resolve: end, reject: fail } = Promise.withResolvers<unknown>();
  const work: Work = async ({ stop }) => {
    const stopped = new Promise((_, reject) => {
      stop.onStop(() => reject(new Failure('stopped', 'Stopped.')));
    });
    return Promise.race([told, stopped]);
  };
  return { work, end, fail };
}
