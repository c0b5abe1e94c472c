// Runs in the catalogue: the settings of each training, its epochs and its warnings.

import type { JobState, RunComparison, RunResources, RunSummary } from '#contract/core.ts';
import type { Distributions, EpochReport, Terms } from '#domain/progress.ts';
import type { Query, Reader, Writer } from '../database.ts';

export interface NewRun {
  /** Its name within the project's folder "models", see run-folder.ts. */
  readonly folder: string;
  readonly method: string;
  readonly preset: string;
  readonly specimen: string;
  /** JSON, see contract/run-config.ts. */
  readonly config: string;
  readonly seed: number;
  readonly engine: string;
  readonly codeVersion: string;
  readonly datasetId: number;
  readonly snapshotId: number;
  readonly outliers: readonly RunSource[];
  readonly warnings: readonly string[];
}

/** An outlier source of a run: a dataset, frozen. */
export interface RunSource {
  readonly snapshotId: number;
  readonly name: string;
  readonly weight: number;
}

export interface StoredRun extends RunSummary {
  /** Its name within the project's folder "models". */
  readonly folder: string;
  readonly config: string;
  readonly engineWhy: string | null;
  readonly codeVersion: string;
  readonly snapshotId: number;
  readonly snapshotHash: string;
  /** JSON; null until the run's pixels have been written. */
  readonly pixels: string | null;
}

/** While a run trains, it has done steps that are in no checkpoint: those of its reported epochs. */
const stepsDone = `
  case r.state when 'running'
    then max(r.steps_done, coalesce((select max(step) from run_epoch where run_id = r.id), 0))
    else r.steps_done end`;

export const selectRuns = `
  select r.id, r.folder, r.name, r.method, r.preset, d.name dataset, r.seed, coalesce(r.engine_used, r.engine) engine,
    r.device, r.engine_why engineWhy, r.state, r.failure, ${stepsDone} stepsDone, r.steps_total stepsTotal,
    r.is_cancelled isCancelled, r.created_at createdAt, r.ended_at endedAt, m.id modelId, r.comparison, r.config,
    r.code_version codeVersion, r.snapshot_id snapshotId, s.hash snapshotHash, r.pixels
  from run r join dataset d on d.id = r.dataset_id join snapshot s on s.id = r.snapshot_id
    left join model m on m.run_id = r.id`;
export type RunRow = Omit<StoredRun, 'comparison' | 'isCancelled'> & {
  readonly comparison: string | null;
  readonly isCancelled: 0 | 1;
};
const all: Query<RunRow> = `${selectRuns} where r.deleted_at is null order by r.id`;
const byId: Query<RunRow> = `${selectRuns} where r.id = ? and r.deleted_at is null`;

type EpochRow = Omit<EpochReport, 'terms' | 'distributions'> & {
  /** JSON. */
  readonly terms: string;
  readonly distributions: string;
};
const epochsOf: Query<EpochRow> = `
  select epoch, step, loss, terms, distributions, learning_rate learningRate, seconds
  from run_epoch where run_id = ? order by epoch`;
const warningsOf: Query<{ text: string }> = `
  select text from run_warning where run_id = ? order by rowid`;
const resourcesOf: Query<RunResources> = `
  select seconds, wait_seconds waitSeconds, peak_memory peakMemory, parts
  from run where id = ? and parts is not null`;
const sourcesOf: Query<RunSource> = `
  select snapshot_id snapshotId, name, weight from outlier_source where run_id = ?
  order by snapshot_id`;

export function listRuns(reader: Reader): StoredRun[] {
  return reader.all(all).map(storedRun);
}

export function findRun(reader: Reader, id: number): StoredRun | undefined {
  const row = reader.get(byId, id);
  return row && storedRun(row);
}

/** Of a row of `selectRuns`. */
export function storedRun(row: RunRow): StoredRun {
  const { comparison } = row;
  const read = comparison === null ? null : (JSON.parse(comparison) as RunComparison);
  return { ...row, comparison: read, isCancelled: row.isCancelled === 1 };
}

export function runEpochs(reader: Reader, runId: number): EpochReport[] {
  return reader.all(epochsOf, runId).map((row) => ({
    ...row,
    terms: JSON.parse(row.terms) as Terms,
    distributions: JSON.parse(row.distributions) as Distributions,
  }));
}

export function runWarnings(reader: Reader, runId: number): string[] {
  return reader.all(warningsOf, runId).map(({ text }) => text);
}

/** null before the first step. */
export function runResources(reader: Reader, runId: number): RunResources | null {
  return reader.get(resourcesOf, runId) ?? null;
}

export function runSources(reader: Reader, runId: number): RunSource[] {
  return reader.all(sourcesOf, runId);
}

export function addRun(writer: Writer, run: NewRun, now: string): number {
  const { id } = writer.run(
    `insert into run (folder, method, preset, specimen, config, seed, engine, code_version, dataset_id,
       snapshot_id, state, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)`,
    ...[
      run.folder,
      run.method,
      run.preset,
      run.specimen,
      run.config,
      run.seed,
      run.engine,
      run.codeVersion,
    ],
    ...[run.datasetId, run.snapshotId, now],
  );
  for (const { snapshotId, name, weight } of run.outliers) {
    writer.run(
      'insert into outlier_source (run_id, snapshot_id, name, weight) values (?, ?, ?, ?)',
      ...[id, snapshotId, name, weight],
    );
  }
  for (const text of run.warnings) addRunWarning(writer, id, text);
  return id;
}

/** failure: the message for the user, when the run has failed. */
export function setRunState(
  writer: Writer,
  id: number,
  state: JobState,
  failure: string | null,
  now: string,
): void {
  const isOver = state !== 'queued' && state !== 'running';
  writer.run(
    // A run that is queued again is no longer cancelled.
    `update run set state = ?, failure = ?, ended_at = ?,
       is_cancelled = is_cancelled and ? <> 'queued' where id = ?`,
    ...[state, failure, isOver ? now : null, state, id],
  );
}

/** Of a run that has stopped without a result; others stay as they are. */
export function setRunCancelled(writer: Writer, id: number): void {
  writer.run(
    `update run set is_cancelled = 1 where id = ? and state in ('stopped', 'interrupted')`,
    id,
  );
}

export function setRunPixels(writer: Writer, id: number, pixels: string): void {
  writer.run('update run set pixels = ? where id = ?', pixels, id);
}

/**
 * Steps saved in a checkpoint: a resumed run continues from there. Fewer than before where the newest
 * checkpoint was lost.
 */
export function setStepsDone(writer: Writer, id: number, steps: number): void {
  writer.run('update run set steps_done = ? where id = ?', steps, id);
}

export function setStepsTotal(writer: Writer, id: number, steps: number): void {
  writer.run('update run set steps_total = ? where id = ?', steps, id);
}

/** The engine of the run, its device, and why it was chosen. */
export function setRunEngine(
  writer: Writer,
  id: number,
  { engine, device, why }: { engine: string; device: string; why: string },
): void {
  writer.run(
    'update run set engine_used = ?, device = ?, engine_why = ? where id = ?',
    ...[engine, device, why, id],
  );
}

/** The resources of an attempt; seconds add up over the attempts of a run. */
export function addRunResources(writer: Writer, id: number, took: RunResources): void {
  writer.run(
    `update run set seconds = coalesce(seconds, 0) + ?, wait_seconds = coalesce(wait_seconds, 0) + ?,
       peak_memory = max(coalesce(peak_memory, 0), ?), parts = ? where id = ?`,
    ...[took.seconds, took.waitSeconds, took.peakMemory, took.parts, id],
  );
}

export function setRunComparison(writer: Writer, id: number, comparison: RunComparison): void {
  writer.run('update run set comparison = ? where id = ?', JSON.stringify(comparison), id);
}

/** A resumed run repeats some epochs, with the same figures. */
export function putEpoch(writer: Writer, runId: number, report: EpochReport): void {
  writer.run(
    `insert or replace into run_epoch (run_id, epoch, step, loss, terms, distributions,
       learning_rate, seconds) values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[runId, report.epoch, report.step, report.loss],
    ...[JSON.stringify(report.terms), JSON.stringify(report.distributions)],
    ...[report.learningRate, report.seconds],
  );
}

/** A run that continues from a checkpoint repeats the later epochs. */
export function dropEpochsAfter(writer: Writer, runId: number, step: number): void {
  writer.run('delete from run_epoch where run_id = ? and step > ?', runId, step);
}

/** False when the run has this warning already. */
export function addRunWarning(writer: Writer, runId: number, text: string): boolean {
  const sql = 'insert or ignore into run_warning (run_id, text) values (?, ?)';
  return writer.run(sql, runId, text).changes > 0;
}

/** Runs that another process left unfinished; they can be resumed. */
export function interruptRuns(writer: Writer, now: string): void {
  writer.run(
    `update run set state = 'interrupted', ended_at = ?,
       failure = 'Normscope ended before this run was finished. Resume it to continue.'
     where state in ('queued', 'running')`,
    now,
  );
}
