// Models: the result of each run that was finished.

import type { Query, Reader, Writer } from './database.ts';

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

/** A run has one model. */
export function addModel(writer: Writer, model: Omit<StoredModel, 'id'>, now: string): number {
  return writer.run(
    'insert into model (run_id, path, hash, step, created_at) values (?, ?, ?, ?, ?)',
    ...[model.runId, model.path, model.hash, model.step, now],
  ).id;
}
