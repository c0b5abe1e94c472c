// Images with several paths, or with contradicting roles in several datasets; and the paths of any image.

import type { DuplicateImage, SeenImage } from '#contract/image-look.ts';
import type { Query, Reader } from '../database.ts';
import { addressesOf, countAddresses } from './addresses.ts';
import { placesOf } from './image-details.ts';

type Found = Pick<DuplicateImage, 'imageId' | 'hash' | 'pathCount'> & {
  readonly contradicts: 0 | 1;
};

type KnownImage = Pick<SeenImage, 'imageId' | 'hash'>;

const pathsTold = 20;

const chosen =
  '(? is null or image_id in (select image_id from dataset_item where dataset_id = ?))';
const several = `
  select image_id, count(*) paths, 0 contradicts from image_file
  where lost_at is null and ${chosen} group by image_id having count(*) > 1`;
const contradicted = `
  select image_id, 0 paths, 1 contradicts from dataset_item where ${chosen}
  group by image_id
  having max(role = 'normal') = 1 and max(role in ('outlier', 'anomaly')) = 1`;
const found = `
  select image_id, max(paths) paths, max(contradicts) contradicts
  from (${several} union all ${contradicted}) group by image_id`;

const count: Query<{ total: number }> = `select count(*) total from (${found})`;
const first: Query<Found> = `
  select f.image_id imageId, i.hash, max(f.paths, 1) pathCount, f.contradicts
  from (${found}) f join image i on i.id = f.image_id
  order by f.contradicts desc, f.paths desc, f.image_id limit ?`;
// Without a dataset: all but files that are there for their regions alone.
const ofProject = `case when ? is null
  then exists (select 1 from dataset_item where image_id = id)
    or not exists (select 1 from region where source_id = id)
  else id in (select image_id from dataset_item where dataset_id = ?) end`;
// Unlabelled images are not used in any case, so the role alone does not count as left out.
const isLeftOut = `(
  exists (select 1 from dataset_item where image_id = id and role <> 'unlabelled')
  and not exists (select 1 from dataset_item where image_id = id and split <> 'none'))`;
const countImages: Query<{ total: number }> = `
  select count(*) total from image where (${ofProject}) and not ${isLeftOut}`;
// Those that are left out count among the first ones, so that no others come in their place.
const firstImages: Query<KnownImage> = `
  select id imageId, hash
  from (select id, hash from image where ${ofProject} order by id limit ?)
  where not ${isLeftOut} order by id`;

/** datasetId: null for the whole project. */
export function duplicates(
  reader: Reader,
  datasetId: number | null,
  limit: number,
): { total: number; images: DuplicateImage[] } {
  const inDataset = [datasetId, datasetId, datasetId, datasetId];
  return {
    total: reader.get(count, ...inDataset)!.total,
    images: reader.all(first, ...inDataset, limit).map(({ contradicts, ...image }) => ({
      ...image,
      contradicts: contradicts === 1,
      ...seen(reader, image.imageId),
    })),
  };
}

/**
 * Of the first ones in the order of their import, and how many there are at all: without those that are
 * left out everywhere. datasetId: null for the whole project.
 */
export function imagesToCompare(
  reader: Reader,
  datasetId: number | null,
  limit: number,
): { total: number; images: KnownImage[] } {
  return {
    total: reader.get(countImages, datasetId, datasetId)!.total,
    images: reader.all(firstImages, datasetId, datasetId, limit),
  };
}

export function seenImage(reader: Reader, image: KnownImage): SeenImage {
  return {
    ...image,
    pathCount: countAddresses(reader, image.imageId),
    ...seen(reader, image.imageId),
  };
}

function seen(reader: Reader, imageId: number): Pick<SeenImage, 'paths' | 'datasets'> {
  return {
    paths: addressesOf(reader, imageId, pathsTold),
    datasets: reader.all(placesOf, imageId),
  };
}
