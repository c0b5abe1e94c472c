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

function rowsOf(scores: number): Query<Row> {
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
    where d.dataset_id = ? and d.image_id in (select value from json_each(?))`;
}

/** By image id, with the scores of these names. */
export function exportRows(
  reader: Reader,
  asked: {
    readonly modelId: number;
    readonly scores: readonly string[];
    readonly datasetId: number;
    readonly imageIds: readonly number[];
  },
): ReadonlyMap<number, ExportRow> {
  const { modelId, scores, datasetId, imageIds } = asked;
  const bound = scores.flatMap((name) => [modelId, name]);
  const rows = reader.all(rowsOf(scores.length), ...bound, datasetId, JSON.stringify(imageIds));
  return new Map(
    rows.map((row) => {
      const raw = scores.flatMap((name, index) => {
        const value = row[`score${index}`];
        return typeof value === 'number' ? [[name, value] as const] : [];
      });
      return [row.imageId, { ...row, raw: Object.fromEntries(raw) }];
    }),
  );
}
