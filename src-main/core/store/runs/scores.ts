// Raw scores of images by model; one row for each pair, higher is more normal.

import type { RawScores, ScoreName } from '#domain/score.ts';
import type { Query, Reader, Writer } from '../database.ts';

export const scoreColumns: Readonly<Record<ScoreName, string>> = {
  normOfMean: 'norm_of_mean',
  meanSquaredNorm: 'mean_squared_norm',
  plainSquaredNorm: 'plain_squared_norm',
  mahalanobis: 'mahalanobis',
  nearest5: 'nearest5',
  cosineTimesNorm: 'cosine_times_norm',
};

type ScoreRow = RawScores & { readonly imageId: number };

const columns = Object.entries(scoreColumns).map(([name, column]) => `${column} ${name}`);
const ofModel: Query<ScoreRow> = `
  select image_id imageId, ${columns.join(', ')} from score where model_id = ?`;
const scoredIds: Query<{ imageId: number }> = `
  select image_id imageId from score where model_id = ?`;

/** By image id. */
export function scoresOf(reader: Reader, modelId: number): ReadonlyMap<number, RawScores> {
  return new Map(reader.all(ofModel, modelId).map(({ imageId, ...raw }) => [imageId, raw]));
}

/** Ids of the images that have scores. */
export function scoredImages(reader: Reader, modelId: number): ReadonlySet<number> {
  return new Set(reader.all(scoredIds, modelId).map(({ imageId }) => imageId));
}

const insert = `insert or replace into score (model_id, image_id, ${Object.values(scoreColumns).join(', ')})
  values (?, ?, ${Object.keys(scoreColumns)
    .map(() => '?')
    .join(', ')})`;

/** Replaces the row of a pair that exists already. */
export function putScore(writer: Writer, modelId: number, imageId: number, raw: RawScores): void {
  const values = Object.keys(scoreColumns).map((name) => raw[name as ScoreName]);
  writer.run(insert, modelId, imageId, ...values);
  writer.run('delete from score_problem where model_id = ? and image_id = ?', modelId, imageId);
}
