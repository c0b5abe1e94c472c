// The methods of the contract for comparisons of methods.

import type { ComparedRun, MethodComparison } from '#contract/comparison.ts';
import type { coreMethods, JobState } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { throwIfStopped } from '#domain/stop.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { JobSpec } from '../../jobs/job-spec.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import type { Reader } from '../../store/database.ts';
import type { StoredJob } from '../../store/jobs.ts';
import {
  deleteComparison,
  findComparison,
  listComparisons,
  type StoredComparison,
} from '../../store/runs/comparisons.ts';
import { findRun } from '../../store/runs/runs.ts';
import type { RunMethodPorts } from '../run-methods.ts';
import { startComparison } from './start-comparison.ts';
import { runWords } from './run-words.ts';

/** Part of a run before its held-out normals are scored, about. */
const beforeScoring = 0.9;

type ComparisonMethods = Pick<
  HandlersOf<typeof coreMethods>,
  | 'comparisons.start'
  | 'comparisons.list'
  | 'comparisons.show'
  | 'comparisons.cancel'
  | 'comparisons.resume'
  | 'comparisons.delete'
>;

export function comparisonMethods(ports: RunMethodPorts): ComparisonMethods {
  const { database, queue, orClosing } = ports;
  const named = (id: number) => database.read((reader) => comparisonNamed(reader, id));
  return {
    'comparisons.start': async (input, stop) => {
      const id = await startComparison(input, orClosing(stop), ports);
      throwIfStopped(orClosing(stop));
      return { id, jobId: submit(named(id), queue, () => true) };
    },
    'comparisons.list': () => {
      const jobs = queue.list();
      return database.read((reader) =>
        listComparisons(reader).map((own) => described(reader, own, jobs)),
      );
    },
    'comparisons.show': ({ id }) => {
      const jobs = queue.list();
      return database.read((reader) => described(reader, comparisonNamed(reader, id), jobs));
    },
    'comparisons.cancel': async ({ id }) => {
      // The last ones first, so that none starts meanwhile.
      for (const spec of specsOf(named(id)).reverse()) {
        const job = queue.findAlive(spec);
        if (job) await queue.stop(job.id);
      }
      const jobs = queue.list();
      return database.read((reader) => {
        const { state } = described(reader, comparisonNamed(reader, id), jobs);
        return { state };
      });
    },
    'comparisons.resume': ({ id }) => {
      const own = named(id);
      if (own.result !== null) {
        throw new Failure('bad-input', `Comparison ${id} is finished. Start another one.`);
      }
      const isOpen = (runId: number) => {
        const run = database.read((reader) => findRun(reader, runId));
        return run !== undefined && run.state !== 'succeeded';
      };
      return { id, jobId: submit(own, queue, isOpen) };
    },
    'comparisons.delete': ({ id }) => {
      const own = named(id);
      if (specsOf(own).some((spec) => queue.findAlive(spec) !== undefined)) {
        throw new Failure(
          'bad-input',
          `Comparison ${id} is running. Cancel it or wait until it finishes, then delete it.`,
        );
      }
      database.transact((writer) => {
        deleteComparison(writer, id);
      });
      return {};
    },
  };
}

/** Throws `not-found`. */
function comparisonNamed(reader: Reader, id: number): StoredComparison {
  const found = findComparison(reader, id);
  if (found) return found;
  throw new Failure('not-found', `There is no comparison ${id} in this project.`);
}

/** Its runs, seed by seed, so that every method has one soon; then the comparison. */
function specsOf({ id, plan }: StoredComparison): JobSpec[] {
  const seeds = Math.max(...plan.methods.map(({ runs }) => runs.length));
  const runs = Array.from({ length: seeds }, (_, seed) =>
    plan.methods.flatMap((method): JobSpec[] => {
      const run = method.runs[seed];
      return run ? [{ kind: 'train', runId: run.runId }] : [];
    }),
  );
  return [...runs.flat(), { kind: 'compare', comparisonId: id }];
}

/** Submits the runs that `isOpen`, and the job that compares them, whose id it returns. */
function submit(
  own: StoredComparison,
  queue: JobQueue,
  isOpen: (runId: number) => boolean,
): number {
  let last = 0;
  for (const spec of specsOf(own)) {
    if (spec.kind === 'train' && !isOpen(spec.runId)) continue;
    last = queue.submit(spec);
  }
  return last;
}

function described(
  reader: Reader,
  { id, createdAt, plan, result }: StoredComparison,
  jobs: readonly StoredJob[],
): MethodComparison {
  const runs = plan.methods.flatMap(({ method, runs: planned }) =>
    planned.map(({ runId, seed }): ComparedRun => {
      const run = findRun(reader, runId);
      const { state = null, modelId = null, failure = null } = run ?? {};
      return { runId, method, seed, state, modelId, failure };
    }),
  );
  const ofRuns = runs.map(({ runId }) => jobOf(jobs, { kind: 'train', runId }));
  const ofItself = jobOf(jobs, { kind: 'compare', comparisonId: id });
  const all = [...ofRuns, ofItself];
  const running = all.findIndex((job) => job?.state === 'running');
  const isQueued = all.some((job) => job?.state === 'queued');
  const shares = runs.map(({ state }, index) => shareOf(state, ofRuns[index]));
  const part = ofItself?.state === 'running' ? partOf(ofItself) : 0;
  const now = runs[running];
  return {
    ...{ id, createdAt, plan, runs, result },
    state: stateOf(result !== null, running >= 0, isQueued, ofItself),
    failure: result === null ? (ofItself?.failure?.message ?? null) : null,
    share:
      result === null
        ? (shares.reduce((sum, share) => sum + share, 0) + part) / (runs.length + 1)
        : 1,
    note: now ? runWords(now.runId, now.method, now.seed) : (all[running]?.note ?? null),
  };
}

function jobOf(jobs: readonly StoredJob[], spec: JobSpec): StoredJob | undefined {
  const text = JSON.stringify(spec);
  return jobs.findLast((job) => job.spec === text);
}

function stateOf(
  hasResult: boolean,
  isRunning: boolean,
  isQueued: boolean,
  job: StoredJob | undefined,
): JobState {
  if (hasResult) return 'succeeded';
  if (isRunning) return 'running';
  if (isQueued) return 'queued';
  return job?.state === 'failed' || job?.state === 'interrupted' ? job.state : 'stopped';
}

/** A run that failed or was deleted holds nothing up. */
function shareOf(state: ComparedRun['state'], job: StoredJob | undefined): number {
  if (state === null || state === 'succeeded' || state === 'failed') return 1;
  if (!job) return 0;
  // The held-out normals are scored at the end.
  return job.note?.startsWith('Scoring')
    ? beforeScoring + (1 - beforeScoring) * partOf(job)
    : beforeScoring * partOf(job);
}

function partOf({ done, total }: StoredJob): number {
  return total === null || total === 0 ? 0 : Math.min(1, done / total);
}
