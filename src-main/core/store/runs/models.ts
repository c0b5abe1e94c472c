// Models: the result of each run that was finished.

import type { Query, Reader, Writer } from '../database.ts';

export interface StoredModel {
  readonly id: number;
  readonly runId: number;
  /** Relative to the project's folder. */
  readonly path: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly hash: string;
  readonly step: number;
}

const byId: Query<StoredModel> =
  'select id, run_id runId, path, hash, step from model where id = ?';

export function findModel(reader: Reader, id: number): StoredModel | undefined {
  return reader.get(byId, id);
}

const ofRun: Query<StoredModel> =
  'select id, run_id runId, path, hash, step from model where run_id = ?';

/** undefined before the run is finished, and after its files have left the trash. */
export function modelOfRun(reader: Reader, runId: number): StoredModel | undefined {
  return reader.get(ofRun, runId);
}

/**
 * A run has one model. When its file was lost and recreated with other contents, the results of the earlier
 * file are deleted.
 */
export function putModel(writer: Writer, model: Omit<StoredModel, 'id'>, now: string): StoredModel {
  const before = modelOfRun(writer, model.runId);
  if (before && before.hash !== model.hash) {
    for (const table of ['model_score', 'score_problem', 'threshold']) {
      writer.run(`delete from ${table} where model_id = ?`, before.id);
    }
  }
  writer.run(
    `insert into model (run_id, path, hash, step, created_at) values (?, ?, ?, ?, ?)
     on conflict (run_id) do update set path = excluded.path, hash = excluded.hash,
       step = excluded.step, created_at = excluded.created_at`,
    ...[model.runId, model.path, model.hash, model.step, now],
  );
  return writer.get(ofRun, model.runId)!;
}
