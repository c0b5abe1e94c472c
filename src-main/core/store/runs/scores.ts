// Raw scores of images by model and name, higher is more normal. Names are data: a score that this version
// does not know is kept and shown like any other.

import type { RawScores } from '#domain/score.ts';
import type { Query, Reader, Writer } from '../database.ts';

/** SQL for the id of one score of a model, bound to the model and the name. */
export const modelScoreId = '(select id from model_score where model_id = ? and name = ?)';

const idOf: Query<{ id: number }> = 'select id from model_score where model_id = ? and name = ?';
const ofModel: Query<{ imageId: number; name: string; value: number }> = `
  select s.image_id imageId, m.name, s.value
  from model_score m cross join score s on s.model_score_id = m.id
  where m.model_id = ? order by m.id`;
const ofName: Query<{ imageId: number; value: number }> = `
  select image_id imageId, value from score where model_score_id = ${modelScoreId}`;
const namesOf: Query<{ name: string }> = `
  select name from model_score where model_id = ? order by id`;
const scoredIds: Query<{ imageId: number }> = `
  select distinct s.image_id imageId
  from model_score m cross join score s on s.model_score_id = m.id where m.model_id = ?`;

/** The id of one score of a model; null for one that it does not give. */
export function findModelScore(reader: Reader, modelId: number, name: string): number | null {
  return reader.get(idOf, modelId, name)?.id ?? null;
}

/** By image id. */
export function scoresOf(reader: Reader, modelId: number): ReadonlyMap<number, RawScores> {
  const scores = new Map<number, Record<string, number>>();
  for (const { imageId, name, value } of reader.all(ofModel, modelId)) {
    const own = scores.get(imageId);
    if (own === undefined) scores.set(imageId, { [name]: value });
    else own[name] = value;
  }
  return scores;
}

/** One score by image id. */
export function scoresNamed(
  reader: Reader,
  modelId: number,
  name: string,
): ReadonlyMap<number, number> {
  const rows = reader.all(ofName, modelId, name);
  return new Map(rows.map(({ imageId, value }) => [imageId, value]));
}

/** The scores that a model has given to some image. */
export function storedScoreNames(reader: Reader, modelId: number): string[] {
  return reader.all(namesOf, modelId).map(({ name }) => name);
}

/** Ids of the images that have scores. */
export function scoredImages(reader: Reader, modelId: number): ReadonlySet<number> {
  return new Set(reader.all(scoredIds, modelId).map(({ imageId }) => imageId));
}

/** Scores that are there already are replaced. */
export function putScore(writer: Writer, modelId: number, imageId: number, raw: RawScores): void {
  for (const [name, value] of Object.entries(raw)) {
    writer.run('insert or ignore into model_score (model_id, name) values (?, ?)', modelId, name);
    writer.run(
      `insert or replace into score (model_score_id, image_id, value) values (${modelScoreId}, ?, ?)`,
      ...[modelId, name, imageId, value],
    );
  }
  writer.run('delete from score_problem where model_id = ? and image_id = ?', modelId, imageId);
}
