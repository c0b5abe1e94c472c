// The catalogue's data about one image, and about files that could not be imported.

import type { ImageDetails, ImportProblems } from '#contract/image.ts';
import type { Query, Reader } from '../database.ts';
import { reviewColumns, reviewOf, type ReviewRow } from '../reviews.ts';
import { addressesOf } from './addresses.ts';
import { columnsOfImage, imageColumns, regionOf, type ImageColumns } from './images.ts';

type Own = ImageColumns &
  Pick<ImageDetails, 'imageId' | 'hash' | 'bytes' | 'width' | 'height' | 'bitDepth' | 'importedAt'>;

const own: Query<Own> = `
  select id imageId, hash, bytes, width, height, bit_depth bitDepth, imported_at importedAt,
    ${columnsOfImage}
  from image where id = ?`;
export const placesOf: Query<ImageDetails['datasets'][number]> = `
  select t.name dataset, d.role, d.class, d.group_name "group", d.domain, d.split
  from dataset_item d join dataset t on t.id = d.dataset_id where d.image_id = ? order by t.name`;
// Looked up in each score of each model: an index by image would be as large as all scores.
const scoresOfImage: Query<{ modelId: number; runId: number; name: string; value: number }> = `
  select m.id modelId, m.run_id runId, n.name, s.value
  from model_score n join model m on m.id = n.model_id join run r on r.id = m.run_id
    cross join score s on s.model_score_id = n.id and s.image_id = ?
  where r.deleted_at is null order by m.id, n.id`;
const limitsOf: Query<{ name: string; anomalyScore: number }> = `
  select score_name name, anomaly_score anomalyScore from threshold where model_id = ?`;
const problemsOf: Query<ImageDetails['scoreProblems'][number]> = `
  select p.model_id modelId, p.code, p.reason
  from score_problem p join model m on m.id = p.model_id join run r on r.id = m.run_id
  where p.image_id = ? and r.deleted_at is null order by p.model_id`;
const reviewsOf: Query<ReviewRow> = `
  select ${reviewColumns('review')} from review where image_id = ? order by id`;

/** Models of runs in the trash are left out. */
export function imageDetails(reader: Reader, imageId: number): ImageDetails | undefined {
  const row = reader.get(own, imageId);
  if (!row) return undefined;
  const { hash, bytes, width, height, bitDepth, importedAt } = row;
  return {
    ...{ imageId, hash, bytes, width, height, bitDepth, importedAt, ...imageColumns(row) },
    region: regionOf(reader, imageId),
    paths: addressesOf(reader, imageId),
    datasets: reader.all(placesOf, imageId),
    scores: scoresByModel(reader, imageId),
    scoreProblems: reader.all(problemsOf, imageId),
    reviews: reader.all(reviewsOf, imageId).map(reviewOf),
  };
}

function scoresByModel(reader: Reader, imageId: number): ImageDetails['scores'] {
  const rows = reader.all(scoresOfImage, imageId);
  const models = new Map(rows.map(({ modelId, runId }) => [modelId, runId]));
  return [...models].map(([modelId, runId]) => ({
    ...{ modelId, runId },
    raw: Object.fromEntries(
      rows.filter((row) => row.modelId === modelId).map(({ name, value }) => [name, value]),
    ),
    thresholds: Object.fromEntries(
      reader.all(limitsOf, modelId).map(({ name, anomalyScore }) => [name, anomalyScore]),
    ),
  }));
}

const importsWithProblems: Query<{
  jobId: number;
  importedAt: string;
  dataset: string | null;
  count: number;
}> = `
  select j.id jobId, j.created_at importedAt, json_extract(j.spec, '$.input.dataset') dataset,
    count(*) count
  from import_problem p join job j on j.id = p.job_id
  where j.id = coalesce(?, j.id) group by j.id order by j.id desc`;
const firstProblems: Query<ImportProblems['problems'][number]> = `
  select path, code, reason from import_problem where job_id = ? order by id limit ?`;

/** limit: the most files returned for each import. */
export function problemsByImport(
  reader: Reader,
  jobId: number | undefined,
  limit: number,
): ImportProblems[] {
  return reader
    .all(importsWithProblems, jobId ?? null)
    .map((row) => ({ ...row, problems: reader.all(firstProblems, row.jobId, limit) }));
}
