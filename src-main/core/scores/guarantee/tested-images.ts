// The images that a guarantee speaks of: those of a dataset that a model has scored and has not seen, and
// the normal images that its run held out.

import { imagesSeen, datasetNamed } from '../../runs/run-items.ts';
import type { Reader } from '../../store/database.ts';
import { findOwnLine } from '../../store/runs/batch-lines.ts';
import { rankedItems, type HeldOut, type RankedItem } from '../../store/runs/ranking.ts';
import { lineNormals } from '../batch/line.ts';
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
  const heldOut = lineNormals(reader, trained, scoreName, dataset);
  const datasetId = datasetNamed(reader, dataset);
  const all = rankedItems(reader, {
    ...{ modelId, datasetId, name: scoreName },
    ...{ offset: 0, limit: Number.MAX_SAFE_INTEGER },
  });
  // Normals that the dataset's own line was set on cannot test it.
  const hasOwnLine = findOwnLine(reader, modelId, datasetId) === 'normals';
  const isTested = ({ imageId, role, split }: RankedItem) =>
    !seen.has(imageId) && !(hasOwnLine && role === 'normal' && split === 'calibrate');
  const unseen = all.filter(isTested);
  return { trained, scoreName, heldOut, unseen };
}
