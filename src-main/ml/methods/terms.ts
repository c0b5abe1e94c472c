// The terms that losses are made of.

import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import type { Features, LossTerms } from './method.ts';

export interface Terms extends LossTerms {
  readonly normalWeights: Value;
}

/** NT-Xent on the normal views, and both mean norms; `loss` is NT-Xent alone. */
export function contrast(b: ProgramBuilder, features: Features, settings: RunSettings): Terms {
  const ntxent = b.ntXent(features.normals, settings.temperature);
  const normalNorms = b.rowNorms(features.normals);
  const normalWeights = b.input('normalWeights', normalNorms.shape);
  const normalNorm = b.weightedMean(normalNorms, normalWeights);
  const outlierNorms = features.outliers ? b.rowNorms(features.outliers) : null;
  const outlierNorm = outlierNorms
    ? b.weightedMean(outlierNorms, b.input('outlierWeights', outlierNorms.shape))
    : null;
  return {
    ...{ loss: ntxent, ntxent, normalNorm, outlierNorm },
    ...{ normalNorms, outlierNorms, normalWeights },
  };
}

/** NT-Xent + α · mean outlier norm; α is an input, 0 during warm-up. */
export function contrastAndExposure(
  b: ProgramBuilder,
  features: Features,
  settings: RunSettings,
): Terms {
  const terms = contrast(b, features, settings);
  if (terms.outlierNorm === null) throw new Error('This method needs outliers');
  const exposure = b.scale(terms.outlierNorm, b.input('alpha', []));
  return { ...terms, loss: b.add(terms.ntxent, exposure) };
}
