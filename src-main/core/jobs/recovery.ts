// When a project is opened, the unfinished jobs and runs of an ended process are marked as interrupted.

import type { ProjectDatabase } from '../store/database.ts';
import { interruptJobs } from '../store/jobs.ts';
import { interruptRuns } from '../store/runs/runs.ts';

/** The project's owner calls this before any job is started. */
export function markInterrupted(database: ProjectDatabase, now: Date): void {
  database.transact((writer) => {
    interruptJobs(writer, now.toISOString());
    interruptRuns(writer, now.toISOString());
  });
}
