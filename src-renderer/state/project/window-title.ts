// The title of the window and of the browser's tab: how far the work is, before the project's name.

import type { Job } from '#contract/core.ts';

/** "67 % · Blood smears – Normscope". `job`: the one that runs; isPaused: a training waits to be resumed. */
export function windowTitle(
  name: string,
  job: Pick<Job, 'state' | 'done' | 'total'> | undefined,
  isPaused: boolean,
): string {
  const title = `${name} – Normscope`;
  if (job?.state === 'running') {
    return job.total === null || job.total === 0
      ? `… · ${title}`
      : `${Math.floor((100 * Math.min(job.done, job.total)) / job.total)} % · ${title}`;
  }
  return isPaused ? `Paused · ${title}` : title;
}
