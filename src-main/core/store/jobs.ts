// Jobs in the catalogue: their request, progress and result.

import type { Job, JobState } from '#contract/core.ts';
import type { Query, Reader, Writer } from './database.ts';

export interface StoredJob extends Job {
  /** JSON; the job queue parses it with its schema. */
  readonly spec: string;
  /** JSON; null before the job has succeeded, and where a failed one has none. */
  readonly result: string | null;
}

/** The state of a job, also its final one. */
export interface JobOutcome {
  readonly state: JobState;
  readonly done: number;
  readonly total: number | null;
  readonly note: string | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly result: string | null;
}

interface Row {
  readonly id: number;
  readonly kind: Job['kind'];
  readonly runId: number | null;
  readonly spec: string;
  readonly state: JobState;
  readonly done: number;
  readonly total: number | null;
  readonly note: string | null;
  readonly failureCode: string | null;
  readonly failure: string | null;
  readonly result: string | null;
}

const selectJobs = `
  select id, kind, case when json_valid(spec) then json_extract(spec, '$.runId') end runId, spec, state, done, total, note, failure_code failureCode, failure, result
  from job`;
const all: Query<Row> = `${selectJobs} order by id`;
const byId: Query<Row> = `${selectJobs} where id = ?`;
const alive: Query<Row> = `${selectJobs} where state in ('queued', 'running') order by id`;
const scoring: Query<{ endedAt: string | null }> = `
  select max(ended_at) endedAt from job
  where kind = 'score' and state = 'succeeded' and json_extract(spec, '$.modelId') = ?
    and json_extract(spec, '$.dataset') = ? and json_extract(result, '$.scored') > 0
    and ended_at >= (select created_at from model where id = ?)`;

export function listJobs(reader: Reader): StoredJob[] {
  return reader.all(all).map(fromRow);
}

export function findJob(reader: Reader, id: number): StoredJob | undefined {
  const row = reader.get(byId, id);
  return row && fromRow(row);
}

/** Queued or running. */
export function liveJobs(reader: Reader): StoredJob[] {
  return reader.all(alive).map(fromRow);
}

/**
 * When a job last gave images of a dataset scores of the model as it is now, ISO 8601; null when none did by
 * this name of the dataset.
 */
export function lastScoring(reader: Reader, modelId: number, dataset: string): string | null {
  return reader.get(scoring, modelId, dataset, modelId)?.endedAt ?? null;
}

export function addJob(writer: Writer, kind: Job['kind'], spec: string, now: string): number {
  return writer.run(
    `insert into job (kind, spec, state, created_at) values (?, ?, 'queued', ?)`,
    ...[kind, spec, now],
  ).id;
}

export function startJob(writer: Writer, id: number, now: string): void {
  writer.run(`update job set state = 'running', started_at = ? where id = ?`, now, id);
}

export function writeProgress(
  writer: Writer,
  id: number,
  { done, total, note }: Pick<JobOutcome, 'done' | 'total' | 'note'>,
): void {
  writer.run('update job set done = ?, total = ?, note = ? where id = ?', done, total, note, id);
}

export function endJob(writer: Writer, id: number, outcome: JobOutcome, now: string): void {
  const { state, done, total, note, failure, result } = outcome;
  writer.run(
    `update job set state = ?, done = ?, total = ?, note = ?, failure_code = ?, failure = ?,
       result = ?, ended_at = ? where id = ?`,
    ...[state, done, total, note, failure?.code ?? null, failure?.message ?? null, result, now, id],
  );
}

/** Marks the jobs that another process left unfinished; no process works on them any more. */
export function interruptJobs(writer: Writer, now: string): void {
  writer.run(
    `update job set state = 'interrupted', ended_at = ?, failure_code = 'link-closed',
       failure = 'Normscope ended before this was finished.'
     where state in ('queued', 'running')`,
    now,
  );
}

function fromRow({ failureCode, failure, ...job }: Row): StoredJob {
  const isFailed = failureCode !== null && failure !== null;
  return { ...job, failure: isFailed ? { code: failureCode, message: failure } : null };
}

/** Changes the dataset's name in ended imports and scorings, so that they are still found by it. */
export function renameInJobs(writer: Writer, from: string, to: string): void {
  for (const path of ['$.dataset', '$.input.dataset']) {
    writer.run(
      `update job set spec = json_set(spec, '${path}', ?)
       where json_valid(spec) and json_extract(spec, '${path}') = ? and state not in ('queued', 'running')`,
      ...[to, from],
    );
  }
}
