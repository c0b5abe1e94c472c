// The images that a guarantee speaks of: those of a dataset that a model has scored and has not seen, and
// the normal images that its run held out.

import { imagesSeen, datasetNamed } from '../../runs/run-items.ts';
import type { Reader } from '../../store/database.ts';
import {
  heldOutNormals,
  rankedItems,
  type HeldOut,
  type RankedItem,
} from '../../store/runs/ranking.ts';
import { chosenScore } from '../model-scores.ts';
import { trainedModel, type TrainedModel } from '../scoring-model.ts';

export interface ScoreRequest {
  readonly modelId: number;
  readonly dataset: string;
  /** The run's own choice when left out. */
  readonly by?: string | undefined;
}

export interface TestedImages {
  readonly trained: TrainedModel;
  readonly scoreName: string;
  readonly heldOut: readonly HeldOut[];
  /** The strangest first. */
  readonly unseen: readonly RankedItem[];
}

/** Throws `not-found`, and `unknown-option` for a score that the model does not have. */
export function testedImages(reader: Reader, request: ScoreRequest): TestedImages {
  const { modelId, dataset, by } = request;
  const trained = trainedModel(reader, modelId);
  const scoreName = chosenScore(reader, trained, by);
  const seen = imagesSeen(reader, trained.run);
  const { snapshotId } = trained.run;
  const heldOut = heldOutNormals(reader, { modelId, snapshotId, name: scoreName });
  const all = rankedItems(reader, {
    ...{ modelId, datasetId: datasetNamed(reader, dataset), name: scoreName },
    ...{ offset: 0, limit: Number.MAX_SAFE_INTEGER },
  });
  const unseen = all.filter(({ imageId }) => !seen.has(imageId));
  return { trained, scoreName, heldOut, unseen };
}
