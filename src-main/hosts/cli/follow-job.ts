// Follows a job from the outside until it has ended.

import type { Job } from '#contract/core.ts';
import { Failure, type FailureCode } from '#domain/failure.ts';
import type { Advance, ProgressLine } from './output/progress.ts';
import { isAlive, type CoreClient } from './project.ts';
import type { Shell } from './shell.ts';

export interface Follower {
  readonly progress: ProgressLine;
  /** The progress to show; undefined to leave the line as it is. */
  readonly advance: (job: Job) => Advance | undefined;
  /** The text after "Stopped": what is kept of the stopped work. */
  readonly whenStopped: () => string | Promise<string>;
}

/**
 * Shows a job's progress and resolves with its result. The interrupt key asks the job to stop.
 * Throws the job's failure, or `stopped` with what is kept, or `link-closed` when the process that
 * does the work ends first.
 */
export async function followJob(
  client: CoreClient,
  jobId: number,
  shell: Shell,
  { progress, advance, whenStopped }: Follower,
): Promise<unknown> {
  const { promise: over, resolve, reject } = Promise.withResolvers<undefined>();
  const look = (job: Job) => {
    if (job.id !== jobId) return;
    if (!isAlive(job)) resolve(undefined);
    const next = job.state === 'queued' ? waiting : advance(job);
    if (next && isAlive(job)) progress.update(next);
  };
  const off = client.on('job.changed', look);
  client.onClose(() => reject(ownerEnded()));
  const stop = () => {
    progress.say('Stopping. Press Ctrl+C again to end at once.');
    // The job's own end reports the outcome.
    client.call('jobs.stop', { jobId }).catch(() => undefined);
  };
  // Changes from before the listener was attached.
  const asked = client.call('jobs.show', { jobId }).then(look);
  try {
    await shell.interrupts.during(stop, Promise.all([asked, over]));
  } finally {
    off();
    progress.end();
  }
  const job = await client.call('jobs.show', { jobId });
  if (job.state === 'stopped') throw new Failure('stopped', `Stopped${await whenStopped()}`);
  return resultOf(job);
}

const waiting: Advance = { done: 0, total: null, unit: '', details: ['waiting for another job'] };

/** For jobs that report a number of things of one kind; their note is shown until there is a number. */
export function counting(unit: string): (job: Job) => Advance {
  return ({ done, total, note }) =>
    total === null && note !== null
      ? { done, total, unit, details: [note] }
      : { done, total, unit };
}

function resultOf({ state, failure, result }: Job & { readonly result: unknown }): unknown {
  if (state === 'succeeded') return result;
  if (failure === null) throw ownerEnded();
  // A bug of the core: the message says where its details are.
  if (failure.code === 'internal') throw new Error(failure.message);
  throw new Failure(failure.code as FailureCode, failure.message);
}

function ownerEnded(): Failure {
  return new Failure(
    'link-closed',
    'The Normscope that had the project open was closed. Run the command again to continue.',
  );
}
