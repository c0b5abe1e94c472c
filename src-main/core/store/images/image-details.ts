// The catalogue's data about one image, and about files that could not be imported.

import type { ImageDetails, ImportProblems, Review } from '#contract/image.ts';
import { scoreNames, type RawScores, type ScoreName } from '#domain/score.ts';
import type { Query, Reader } from '../database.ts';
import { pathsOf } from './images.ts';
import { scoreColumns } from '../runs/scores.ts';

type Own = Omit<ImageDetails, 'paths' | 'datasets' | 'scores' | 'scoreProblems' | 'reviews'>;

const own: Query<Own> = `
  select id imageId, hash, bytes, width, height, channels, bit_depth bitDepth,
    pixel_size_um pixelSizeUm, imported_at importedAt
  from image where id = ?`;
export const placesOf: Query<ImageDetails['datasets'][number]> = `
  select t.name dataset, d.role, d.class, d.group_name "group", d.split
  from dataset_item d join dataset t on t.id = d.dataset_id where d.image_id = ? order by t.name`;
const scoreList = scoreNames.map((name) => `s.${scoreColumns[name]} ${name}`).join(', ');
const scoresOfImage: Query<RawScores & { modelId: number; runId: number }> = `
  select s.model_id modelId, m.run_id runId, ${scoreList}
  from score s join model m on m.id = s.model_id join run r on r.id = m.run_id
  where s.image_id = ? and r.deleted_at is null order by s.model_id`;
const limitsOf: Query<{ name: ScoreName; anomalyScore: number }> = `
  select score_name name, anomaly_score anomalyScore from threshold where model_id = ?`;
const problemsOf: Query<ImageDetails['scoreProblems'][number]> = `
  select p.model_id modelId, p.code, p.reason
  from score_problem p join model m on m.id = p.model_id join run r on r.id = m.run_id
  where p.image_id = ? and r.deleted_at is null order by p.model_id`;
const reviewsOf: Query<Review> = `
  select id, image_id imageId, model_id modelId, verdict, reviewer, note, created_at time, move
  from review where image_id = ? order by id`;

/** Models of runs in the trash are left out. */
export function imageDetails(reader: Reader, imageId: number): ImageDetails | undefined {
  const image = reader.get(own, imageId);
  if (!image) return undefined;
  return {
    ...image,
    paths: pathsOf(reader, imageId).map(({ path }) => path),
    datasets: reader.all(placesOf, imageId),
    scores: reader.all(scoresOfImage, imageId).map(({ modelId, runId, ...raw }) => ({
      ...{ modelId, runId, raw },
      thresholds: Object.fromEntries(
        reader.all(limitsOf, modelId).map(({ name, anomalyScore }) => [name, anomalyScore]),
      ),
    })),
    scoreProblems: reader.all(problemsOf, imageId),
    reviews: reader.all(reviewsOf, imageId),
  };
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
