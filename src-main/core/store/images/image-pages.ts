// The images of a dataset that match a filter: pages and ids in a chosen order.

import type { ImageOrder, ListedImage } from '#contract/image.ts';
import { Failure } from '#domain/failure.ts';
import type { Query, Reader, Value } from '../database.ts';
import { itemAddress, newestFirst } from './addresses.ts';
import { rowsOf, type Asked } from './image-filter.ts';

export interface PageAsked extends Asked {
  readonly order: ImageOrder;
  readonly offset: number;
  readonly limit: number;
}

export interface ImagePage {
  /** Images that match the request, on all pages. */
  readonly total: number;
  readonly images: readonly ListedImage[];
}

// The page's own images alone are looked up: cross joins keep the order in which tables are read.
const ofIds: Query<ListedImage> = `
  select i.id imageId, i.hash, i.width, i.height, d.role, d.class, d.group_name "group", d.domain,
    d.split,
    ${itemAddress('d')} path
  from json_each(?) ids cross join image i on i.id = ids.value
    cross join dataset_item d on d.dataset_id = ? and d.image_id = i.id
  order by ids.key`;

/** Throws `bad-input` when the order needs a score and the filter names no model. */
export function imagePage(reader: Reader, asked: PageAsked): ImagePage {
  const { order, offset, limit, datasetId } = asked;
  const shown = (ids: readonly number[]) => reader.all(ofIds, JSON.stringify(ids), datasetId);
  if (order === 'imported' || order === 'newest') {
    // The order of the rows on disk: rows after the page need not be read.
    return { total: countImages(reader, asked), images: shown(idsInOrder(reader, asked, asked)) };
  }
  // All must be sorted: cutting a far page out in SQL, and counting for itself, takes longer.
  const ids = idsInOrder(reader, asked);
  return { total: ids.length, images: shown(ids.slice(offset, offset + limit)) };
}

export function countImages(reader: Reader, asked: Asked): number {
  const { score } = asked.filter;
  if (score?.is === 'unscored') {
    // All without those that have been tried, which an index finds: looking up each takes far longer.
    const others = (is?: 'scored' | 'failed') =>
      countImages(reader, { ...asked, filter: { ...asked.filter, score: is && { ...score, is } } });
    return others() - others('scored') - others('failed');
  }
  const { from, sql, values } = rowsOf(asked);
  const count: Query<{ total: number }> = `select count(*) total from ${from} where ${sql}`;
  return reader.get(count, ...values)!.total;
}

/** Throws as `imagePage`. Everything when no part of it is named. */
export function idsInOrder(
  reader: Reader,
  asked: Asked & { readonly order: ImageOrder },
  part?: { readonly offset: number; readonly limit: number },
): number[] {
  const rows = rowsOf(asked);
  const { join, by, values } = sorting(asked);
  // With a limit, even one that cuts nothing, SQLite sorts half as fast.
  const cut = part ? { sql: 'limit ? offset ?', values: [part.limit, part.offset] } : noCut;
  // One text is read much faster than a hundred thousand rows.
  const ids: Query<{ ids: string }> = `
    select json_group_array(imageId) ids from
      (select d.image_id imageId from ${rows.from} ${join} where ${rows.sql}
       order by ${by} ${cut.sql})`;
  const found = reader.get(ids, ...values, ...rows.values, ...cut.values)!;
  return JSON.parse(found.ids) as number[];
}

const noCut = { sql: '', values: [] } as const;

interface Sorting {
  readonly join: string;
  readonly by: string;
  readonly values: readonly Value[];
}

function sorting({ order, score, filter }: Asked & { readonly order: ImageOrder }): Sorting {
  const sorted = (by: string, join = '', ...values: readonly Value[]) => ({ by, join, values });
  const image = 'join image i on i.id = d.image_id';
  switch (order) {
    case 'imported':
      return sorted('d.image_id');
    case 'newest':
      return sorted('d.image_id desc');
    case 'path':
      // Regions by their file, and in it as they were imported.
      return sorted(
        `coalesce((select f.path from image_file f where f.id = d.file_id),
          (select f.path from image_file f where f.image_id = coalesce(r.source_id, d.image_id)
           order by ${newestFirst} limit 1)), d.image_id`,
        'left join region r on r.image_id = d.image_id',
      );
    case 'class':
      return sorted('d.class nulls last, d.image_id');
    case 'group':
      return sorted('d.group_name nulls last, d.image_id');
    case 'largest':
      return sorted('i.width * i.height desc, d.image_id', image);
    case 'smallest':
      return sorted('i.width * i.height, d.image_id', image);
    case 'strangest':
    case 'most-normal': {
      if (score === undefined) {
        throw new Failure(
          'bad-input',
          'Sorting by strangeness needs the scores of a model. Name the model as well.',
        );
      }
      const direction = order === 'strangest' ? '' : 'desc';
      const by = `s.value ${direction} nulls last, d.image_id`;
      if (filter.score?.is === 'scored') return sorted(by);
      const join = `left join score s on s.model_score_id = ? and s.image_id = d.image_id`;
      return sorted(by, join, score.scoreId);
    }
  }
}
