// The methods with which a client reads images.

import type { coreMethods } from '#contract/core.ts';
import type { ImageFilter } from '#contract/image.ts';
import { Failure } from '#domain/failure.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { ImageViewer } from '../reader/viewer.ts';
import { datasetNamed } from '../runs/run-items.ts';
import { lineOf } from '../scores/batch/line.ts';
import { chosenScore } from '../scores/model-scores.ts';
import { trainedModel } from '../scores/scoring-model.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { duplicates } from '../store/images/duplicates.ts';
import { imageById } from '../store/images/images.ts';
import { imageDetails, problemsByImport } from '../store/images/image-details.ts';
import { imageFacets } from '../store/images/image-facets.ts';
import type { Asked, ScoreAsked } from '../store/images/image-filter.ts';
import { idsInOrder, imagePage } from '../store/images/image-pages.ts';
import { findModelScore } from '../store/runs/scores.ts';

type ImageMethods = Pick<
  HandlersOf<typeof coreMethods>,
  | 'images.page'
  | 'images.ids'
  | 'images.facets'
  | 'images.show'
  | 'images.problems'
  | 'images.histogram'
  | 'images.duplicates'
>;

export function imageMethods(database: ProjectDatabase, viewer: ImageViewer): ImageMethods {
  return {
    'images.page': ({ order, offset, limit, ...filter }) =>
      database.read((reader) =>
        imagePage(reader, { ...askedBy(reader, filter), order, offset, limit }),
      ),
    'images.ids': ({ order, ...filter }) =>
      database.read((reader) => idsInOrder(reader, { ...askedBy(reader, filter), order })),
    'images.facets': (filter) =>
      database.read((reader) => imageFacets(reader, askedBy(reader, filter))),
    'images.show': ({ imageId }) => {
      const image = database.read((reader) => imageDetails(reader, imageId));
      if (image) return image;
      throw new Failure('not-found', `There is no image ${imageId} in this project.`);
    },
    'images.histogram': ({ imageId }) => {
      const image = database.read((reader) => imageById(reader, imageId));
      if (image) return viewer.histogram(image.hash);
      throw new Failure('not-found', `There is no image ${imageId} in this project.`);
    },
    'images.duplicates': ({ dataset, limit }) =>
      database.read((reader) => {
        const datasetId = dataset === undefined ? null : datasetNamed(reader, dataset);
        return duplicates(reader, datasetId, limit);
      }),
    'images.problems': ({ jobId, limit }) =>
      database.read((reader) => problemsByImport(reader, jobId, limit)),
  };
}

/** Throws `not-found` when there is no such dataset or model. */
export function askedBy(reader: Reader, { dataset, ...filter }: ImageFilter): Asked {
  const { score } = filter;
  return {
    datasetId: datasetNamed(reader, dataset),
    filter,
    score: score && scoreAsked(reader, { ...score, dataset }),
  };
}

/** `by`: the run's own choice when left out. Throws `not-found` and `unknown-option`. */
export function scoreAsked(
  reader: Reader,
  { modelId, dataset, by }: { modelId: number; dataset: string; by?: string | undefined },
): ScoreAsked {
  const name = chosenScore(reader, trainedModel(reader, modelId), by);
  const limit = lineOf(reader, { modelId, dataset }, name)?.anomalyScore ?? null;
  return { modelId, scoreId: findModelScore(reader, modelId, name), limit };
}
