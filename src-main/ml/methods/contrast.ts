// What SimCLR and the OECL family compute: NT-Xent on the normal views, and the norms of all views.

import type { MethodCard } from '#domain/methods/card.ts';
import type { exposureFamily } from '#domain/methods/contrastive.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import type { ValuesOf } from '#domain/setting.ts';
import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';
import { featureScores } from '../scores/feature-scores.ts';
import { normScores } from '../scores/norm-scores.ts';
import type { Batch, Loss, Method } from './method.ts';
import { method } from './method.ts';
import { normWarning } from './norm-collapse.ts';

/** Weights of the views, for further terms. */
export interface Contrast extends Loss {
  readonly normalWeights: Value;
}

/** NT-Xent on the normal views, which is the loss, and the mean norm of each kind of image. */
export function contrast(
  b: ProgramBuilder,
  batch: Batch,
  { temperature }: { readonly temperature: number },
): Contrast {
  const ntxent = b.ntXent(batch.normals, temperature);
  const normalNorms = b.rowNorms(batch.normals);
  const normalWeights = b.input('normalWeights', normalNorms.shape);
  const normalNorm = b.weightedMean(normalNorms, normalWeights);
  const norms = { loss: ntxent, normalWeights };
  if (batch.outliers === null) {
    return { ...norms, terms: { ntxent, normalNorm }, distributions: { normalNorms } };
  }
  const outlierNorms = b.rowNorms(batch.outliers);
  const weights = b.input('outlierWeights', outlierNorms.shape);
  const outlierNorm = b.weightedMean(outlierNorms, weights);
  return {
    ...norms,
    terms: { ntxent, normalNorm, outlierNorm },
    distributions: { normalNorms, outlierNorms },
  };
}

type ExposureSettings = RunSettings & ValuesOf<(typeof exposureFamily)['settings']>;

/** NT-Xent + α · mean outlier norm; α is an input, 0 during warm-up. */
export function contrastAndExposure(
  b: ProgramBuilder,
  batch: Batch,
  settings: ExposureSettings,
): Contrast {
  const own = contrast(b, batch, settings);
  const { outlierNorm } = own.terms;
  if (outlierNorm === undefined) throw new Error('This method needs outliers');
  const exposure = b.scale(outlierNorm, b.input('alpha', []));
  return { ...own, loss: b.add(own.loss, exposure) };
}

/** A weight that is 0 during warm-up. */
export function warmedUp(
  weight: number,
  { warmup }: { readonly warmup: number },
  step: number,
  steps: number,
): number {
  return step < warmup * steps ? 0 : weight;
}

export const normScoring: Pick<Method, 'score'> = {
  score: (image, { reference }) => ({
    ...normScores(image, reference),
    ...featureScores(image, reference),
  }),
};

type ExposureCard = MethodCard & Pick<typeof exposureFamily, 'settings'>;

/** A method with the loss of OECL; the methods differ in the source of their outliers. */
export function exposureMethod(card: ExposureCard): Method {
  return method(card, {
    build: contrastAndExposure,
    inputs: (settings, step, steps) => ({
      alpha: warmedUp(settings.alpha, settings, step, steps),
    }),
    ...normScoring,
    diagnose: ({ terms }) => normWarning(terms),
  });
}
