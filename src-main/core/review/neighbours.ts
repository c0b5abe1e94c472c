// The training images most similar to a given image (by cosine similarity of the model's features).

import type { Neighbour, Neighbours } from '#contract/review.ts';
import { Failure } from '#domain/failure.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { Alike, Features } from '../scores/features.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { addressesOf } from '../store/images/addresses.ts';
import { imageById, pictureSize } from '../store/images/images.ts';
import { idsInOrder } from '../store/images/image-pages.ts';
import { scoreAsked } from '../gallery/image-methods.ts';

/** Images after the given one, in the order of review, that are computed in the same call. */
const aheadAtOnce = 127;

/** Throws `not-found`, and what `Features.alike` throws. */
export async function neighboursOf(
  { database, features }: { readonly database: ProjectDatabase; readonly features: Features },
  request: {
    readonly modelId: number;
    readonly dataset: string;
    readonly imageId: number;
    readonly most: number;
  },
): Promise<Neighbours> {
  const { modelId, dataset, imageId, most } = request;
  if (!database.read((reader) => imageById(reader, imageId))) {
    throw new Failure('not-found', `There is no image ${imageId} in this project.`);
  }
  const ahead = () =>
    database.read((reader) => {
      const score = scoreAsked(reader, { modelId, dataset });
      const datasetId = datasetNamed(reader, dataset);
      const ids = idsInOrder(reader, { datasetId, filter: {}, score, order: 'strangest' });
      const own = ids.indexOf(imageId);
      return own === -1 ? [] : ids.slice(own + 1, own + 1 + aheadAtOnce);
    });
  const { normals, outliers } = await features.alike({ modelId, imageId, ahead, most });
  return database.read((reader) => ({
    normals: normals.map((alike) => neighbour(reader, alike)),
    outliers: outliers.map((alike) => neighbour(reader, alike)),
  }));
}

function neighbour(reader: Reader, { imageId, likeness }: Alike): Neighbour {
  const { hash } = imageById(reader, imageId)!;
  const path = addressesOf(reader, imageId)[0] ?? hash;
  return { imageId, hash, path, ...pictureSize(reader, imageId), likeness };
}
