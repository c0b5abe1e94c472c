// Images of a dataset in the order of one raw score.

import type { DatasetItem } from '../../datasets/items.ts';
import type { Query, Reader } from '../database.ts';
import { amongCondition, type AmongAsked } from './taught.ts';
import { modelScoreId } from './scores.ts';

export interface RankedItem extends DatasetItem {
  /** Higher is more normal. */
  readonly raw: number;
}

/** The least normal first; ties by id. Images without a score are left out. */
export function rankedItems(
  reader: Reader,
  request: {
    readonly modelId: number;
    readonly datasetId: number;
    readonly name: string;
    readonly offset: number;
    readonly limit: number;
    /** Of these images alone. */
    readonly imageIds?: readonly number[] | undefined;
    /** All when left out. */
    readonly among?: AmongAsked | undefined;
  },
): RankedItem[] {
  const { modelId, datasetId, name, offset, limit, imageIds } = request;
  const among = amongCondition(request.among);
  const these = imageIds ? 'and d.image_id in (select value from json_each(?))' : '';
  const ranked: Query<RankedItem> = `
    select d.image_id imageId, i.hash, d.role, d.class, d.group_name "group", d.domain, d.split,
      s.value raw
    from dataset_item d
      join score s on s.model_score_id = ${modelScoreId} and s.image_id = d.image_id
      join image i on i.id = d.image_id
    where d.dataset_id = ? ${these} and ${among.sql}
    order by raw, d.image_id limit ? offset ?`;
  const values = imageIds ? [JSON.stringify(imageIds)] : [];
  return reader.all(
    ranked,
    ...[modelId, name, datasetId, ...values, ...among.values],
    ...[limit, offset],
  );
}

/** How many images of a dataset have a score, and how many of them are above a limit. */
export function countScored(
  reader: Reader,
  request: {
    readonly modelId: number;
    readonly datasetId: number;
    readonly name: string;
    /** An anomaly score; null flags none. */
    readonly limit: number | null;
    readonly among: AmongAsked;
  },
): { scored: number; flagged: number } {
  const { modelId, datasetId, name, limit } = request;
  const among = amongCondition(request.among);
  const counted: Query<{ scored: number; flagged: number }> = `
    select count(*) scored, coalesce(sum(-s.value > ?), 0) flagged
    from dataset_item d
      join score s on s.model_score_id = ${modelScoreId} and s.image_id = d.image_id
    where d.dataset_id = ? and ${among.sql}`;
  return reader.get(counted, limit, modelId, name, datasetId, ...among.values)!;
}

/** A normal image that the run held out to calibrate on. */
export interface HeldOut {
  /** Higher is more normal. */
  readonly raw: number;
  readonly group: string | null;
  readonly domain: string | null;
}

const heldOut: Query<HeldOut> = `
  select s.value raw, i.group_name "group", i.domain
  from snapshot_item i
    join score s on s.model_score_id = ${modelScoreId} and s.image_id = i.image_id
  where i.snapshot_id = ? and i.role = 'normal' and i.split = 'calibrate'`;

interface HeldOutRequest {
  readonly modelId: number;
  readonly snapshotId: number;
  readonly name: string;
}

/** The normals that the run held out to calibrate on, as far as they have this score. */
export function heldOutNormals(reader: Reader, request: HeldOutRequest): HeldOut[] {
  const { modelId, snapshotId, name } = request;
  return reader.all(heldOut, modelId, name, snapshotId);
}

/** Their raw scores, higher is more normal. */
export function heldOutScores(reader: Reader, request: HeldOutRequest): number[] {
  return heldOutNormals(reader, request).map(({ raw }) => raw);
}
