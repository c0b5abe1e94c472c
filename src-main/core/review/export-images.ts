// The images of an export, strangest first, with their places in the ranking.

import type { RankedImage } from '#contract/core.ts';
import type { ExportWhat } from '#contract/export.ts';
import type { StandingVerdict } from '#contract/image.ts';
import { Failure } from '#domain/failure.ts';
import { imagesSeen } from '../runs/run-items.ts';
import { rank } from '../scores/rank.ts';
import { trainedModel } from '../scores/scoring-model.ts';
import type { Reader } from '../store/database.ts';
import { standingReviews } from '../store/reviews.ts';

export interface ExportRequest {
  readonly modelId: number;
  readonly dataset: string;
  readonly by?: string | undefined;
  readonly what: ExportWhat;
  /** For "selection". */
  readonly imageIds?: readonly number[] | undefined;
  /** Absolute; the project's folder "exports" when left out. */
  readonly folder?: string | undefined;
}

export interface ExportImage extends RankedImage {
  /** From 1, among the images that the model was not trained or calibrated on; null of those. */
  readonly place: number | null;
}

export type Judged = ReadonlyMap<number, { readonly verdict: StandingVerdict }>;

/** Every scored image. Throws `not-found`. */
export function placedImages(
  reader: Reader,
  { modelId, dataset, by }: Pick<ExportRequest, 'modelId' | 'dataset' | 'by'>,
): ExportImage[] {
  const seen = imagesSeen(reader, trainedModel(reader, modelId).run);
  let place = 0;
  return rank(reader, { modelId, dataset, by, offset: 0, limit: -1 }).map((image) => ({
    ...image,
    place: seen.has(image.imageId) ? null : ++place,
  }));
}

/**
 * Whether an image is to be exported. "flagged" and "all" leave out what the model has learnt from, unless it
 * was judged.
 */
export function wanted(
  { what, imageIds = [] }: Pick<ExportRequest, 'what' | 'imageIds'>,
  judged: Judged,
): (image: Pick<ExportImage, 'imageId' | 'flagged' | 'place'>) => boolean {
  const chosen = new Set(imageIds);
  return ({ imageId, flagged, place }) => {
    switch (what) {
      case 'flagged':
        return flagged === true && place !== null;
      case 'anomalous':
        return judged.get(imageId)?.verdict === 'anomalous';
      case 'selection':
        return chosen.has(imageId);
      case 'all':
        return true;
    }
  };
}

/** Throws `not-found`, and `bad-input` when there is none. */
export function exportedImages(reader: Reader, request: ExportRequest): ExportImage[] {
  const fits = wanted(request, standingReviews(reader));
  const images = placedImages(reader, request).filter(fits);
  if (images.length === 0) throw nothingToExport(request.what);
  return images;
}

export function nothingToExport(what: ExportWhat): Failure {
  const reasons: Readonly<Record<ExportWhat, string>> = {
    flagged: 'No image is above the line. Lower it, or export all images.',
    anomalous:
      'No image has been judged anomalous. Judge some in Review, or export what is flagged.',
    selection: 'No image with a score is selected.',
    all: 'No image of this dataset has a score. Score it first.',
  };
  return new Failure('bad-input', `There is nothing to export. ${reasons[what]}`);
}
