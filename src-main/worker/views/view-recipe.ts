// The input of drawing views in a form that can be sent to a thread: pixels are shared, shifts are names.

import { Batches, type BatchPlan } from '#ml/batches.ts';
import { ScoreViews, type ScoreViewsRequest } from '#ml/score-views.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import type { Views } from '#ml/views.ts';
import type { TrainTask } from '../contract.ts';

export interface TrainRecipe extends Omit<BatchPlan, 'shifts'> {
  readonly kind: 'train';
  readonly shifts: TrainTask['shifts'];
  /** See TrainOptions. */
  readonly microBatches: number;
}

export interface ScoreRecipe extends ScoreViewsRequest {
  readonly kind: 'score';
}

export type ViewRecipe = TrainRecipe | ScoreRecipe;

export function planOf({ shifts, ...recipe }: TrainRecipe): BatchPlan {
  return {
    ...recipe,
    shifts: shifts.map(({ name, parameters, weight, strength }) => {
      return { shift: shiftNamed(name, parameters), weight, strength };
    }),
  };
}

/** Throws as the constructor of Batches. */
export function viewsOf(recipe: ViewRecipe): Views {
  return recipe.kind === 'train'
    ? new Batches(planOf(recipe), recipe.microBatches)
    : new ScoreViews(recipe);
}
