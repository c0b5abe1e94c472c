// The time of a run beside its steps: ranking by a frozen network before them, and scores of all images and the
// comparison of both models after them. Derived from the time of a step, which says how fast the network is.

import type { RunEstimate } from '#contract/core.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { isCalibrationNormal } from '../runs/run-items.ts';
import { mostChangedImages, mostValidationShifts } from './validation.ts';

/** A step computes forwards and backwards, which takes about three times as long as forwards alone. */
const stepPerForward = 3;
/** Views of each image in a step. */
const viewsInStep = 2;
/** Random views that a comparison averages at most. */
const comparedViews = 4;

interface Timed {
  readonly settings: RunSettings;
  readonly hasOutliers: boolean;
  readonly stepMilliseconds: number;
  /** Of the frozen network, for an image. */
  readonly frozenMilliseconds: number;
}

/** Seconds. `all`: the items of the dataset. */
export function restSeconds(
  all: readonly DatasetItem[],
  { settings, hasOutliers, stepMilliseconds, frozenMilliseconds }: Timed,
): Omit<RunEstimate['parts'], 'training'> {
  const inStep = viewsInStep * (settings.batch + (hasOutliers ? settings.outlierBatch : 0));
  const forward = stepMilliseconds / (stepPerForward * inStep);
  const turns = settings.turns === 'quarter' ? 4 : 1;
  const image = (views: number) => (views + turns) * forward;
  const held = Math.min(mostChangedImages, all.filter(isCalibrationNormal).length);
  const compared = held * (1 + mostValidationShifts);
  const views = Math.min(settings.views, comparedViews);
  return {
    ranking: (all.length * frozenMilliseconds) / 1000,
    scoring: (all.length * image(settings.views)) / 1000,
    comparison: (compared * (image(views) + frozenMilliseconds)) / 1000,
  };
}
