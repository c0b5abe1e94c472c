// The rows of an exported table: each image of a dataset with its scores and its standing verdict.

import type { Role, Split, StandingVerdict } from '#contract/image.ts';
import type { RawScores } from '#domain/score.ts';
import type { Query, Reader } from '../database.ts';
import { itemAddress } from '../images/addresses.ts';
import { modelScoreId } from './scores.ts';

export interface ExportRow {
  readonly imageId: number;
  readonly hash: string;
  /** The place that the dataset shows; of a region, with its rectangle. */
  readonly path: string;
  readonly role: Role;
  readonly class: string | null;
  readonly group: string | null;
  readonly domain: string | null;
  readonly split: Split;
  readonly verdict: StandingVerdict | null;
  readonly reviewer: string | null;
  readonly time: string | null;
  readonly note: string | null;
  readonly category: string | null;
  /** Empty of an image without scores. */
  readonly raw: RawScores;
}

/** The scores of a row, in the order of the names asked for; null for one that it has not. */
type Row = Omit<ExportRow, 'raw'> & Readonly<Record<`score${number}`, number | null>>;

function rowsAfter(scores: number): Query<Row> {
  const all = Array.from({ length: scores }, (_, index) => `s${index}`);
  return `
    select d.image_id imageId, i.hash, d.role, d.class, d.group_name "group", d.domain, d.split,
      ${all.map((s, index) => `${s}.value score${index},`).join(' ')}
      ${itemAddress('d')} path,
      v.verdict, v.reviewer, v.created_at time, v.note, v.category
    from dataset_item d join image i on i.id = d.image_id
      ${all
        .map(
          (s) => `left join score ${s} on ${s}.model_score_id = ${modelScoreId}
            and ${s}.image_id = d.image_id`,
        )
        .join('\n')}
      left join review v on v.verdict <> 'cleared' and v.id =
        (select n.id from review n where n.image_id = d.image_id order by n.id desc limit 1)
    where d.dataset_id = ? and d.image_id > ? order by d.image_id limit ?`;
}

/** In the order of import, `batch` of those after the image `after`, with the scores of these names. */
export function exportRows(
  reader: Reader,
  asked: {
    readonly modelId: number;
    readonly scores: readonly string[];
    readonly datasetId: number;
    readonly after: number;
    readonly batch: number;
  },
): ExportRow[] {
  const { modelId, scores, datasetId, after, batch } = asked;
  const bound = scores.flatMap((name) => [modelId, name]);
  return reader.all(rowsAfter(scores.length), ...bound, datasetId, after, batch).map((row) => {
    const raw = scores.flatMap((name, index) => {
      const value = row[`score${index}`];
      return typeof value === 'number' ? [[name, value] as const] : [];
    });
    return { ...row, raw: Object.fromEntries(raw) };
  });
}
