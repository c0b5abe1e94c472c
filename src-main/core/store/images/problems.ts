// Failures: files that could not be imported, and images that a model could not score.

import type { ImportProblem } from '#contract/core.ts';
import type { Query, Reader, Writer } from '../database.ts';

const ofJob: Query<ImportProblem> = `
  select path, code, reason from import_problem where job_id = ? order by id`;

export function importProblems(reader: Reader, jobId: number): readonly ImportProblem[] {
  return reader.all(ofJob, jobId);
}

export function addImportProblem(writer: Writer, jobId: number, problem: ImportProblem): void {
  const { path, code, reason } = problem;
  writer.run(
    'insert into import_problem (job_id, path, code, reason) values (?, ?, ?, ?)',
    ...[jobId, path, code, reason],
  );
}

export function putScoreProblem(
  writer: Writer,
  modelId: number,
  imageId: number,
  { code, reason }: Pick<ImportProblem, 'code' | 'reason'>,
): void {
  writer.run(
    `insert or replace into score_problem (model_id, image_id, code, reason)
     values (?, ?, ?, ?)`,
    ...[modelId, imageId, code, reason],
  );
}

const unscorable: Query<{ imageId: number }> = `
  select image_id imageId from score_problem where model_id = ?`;

/** Ids of the images that the model could not score. */
export function unscorableImages(reader: Reader, modelId: number): ReadonlySet<number> {
  return new Set(reader.all(unscorable, modelId).map(({ imageId }) => imageId));
}
