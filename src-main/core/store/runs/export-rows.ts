// The rows of an exported table: each image of a dataset with its scores and its standing verdict.

import type { Role, Split, StandingVerdict } from '#contract/image.ts';
import { scoreNames, type ScoreName } from '#domain/score.ts';
import type { Query, Reader } from '../database.ts';
import { firstAddress } from '../images/addresses.ts';
import { scoreColumns } from './scores.ts';

export interface ExportRow extends Readonly<Record<ScoreName, number | null>> {
  readonly imageId: number;
  readonly hash: string;
  /** Where it was seen first; of a region, with its rectangle. */
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
}

const columns = scoreNames.map((name) => `s.${scoreColumns[name]} ${name}`).join(', ');
const rowsAfter: Query<ExportRow> = `
  select d.image_id imageId, i.hash, d.role, d.class, d.group_name "group", d.domain, d.split, ${columns},
    ${firstAddress('i.id')} path,
    v.verdict, v.reviewer, v.created_at time, v.note
  from dataset_item d join image i on i.id = d.image_id
    left join score s on s.model_id = ? and s.image_id = d.image_id
    left join review v on v.verdict <> 'cleared' and v.id =
      (select n.id from review n where n.image_id = d.image_id order by n.id desc limit 1)
  where d.dataset_id = ? and d.image_id > ? order by d.image_id limit ?`;

/** In the order of import, `batch` of those after the image `after`. */
export function exportRows(
  reader: Reader,
  asked: {
    readonly modelId: number;
    readonly datasetId: number;
    readonly after: number;
    readonly batch: number;
  },
): ExportRow[] {
  return reader.all(rowsAfter, asked.modelId, asked.datasetId, asked.after, asked.batch);
}
