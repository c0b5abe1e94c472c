// On opening a project: whatever a process that ended left unfinished is marked as interrupted.

import type { ProjectDatabase } from '../store/database.ts';
import { interruptJobs } from '../store/jobs.ts';
import { interruptRuns } from '../store/runs/runs.ts';

/** To be called by the project's one owner, before any job is started. */
export function markInterrupted(database: ProjectDatabase, now: Date): void {
  database.transact((writer) => {
    interruptJobs(writer, now.toISOString());
    interruptRuns(writer, now.toISOString());
  });
}
