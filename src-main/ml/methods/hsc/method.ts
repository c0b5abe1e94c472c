// HSC, the hypersphere classifier (Ruff et al., 2020), with the pseudo-Huber distance of a view from 0,
//   h(z) = √(‖z‖² + 1) − 1,
//   L = mean of  h(z) over normal views and  −log(1 − e^{−h(z)} + 1e-6) over outlier views:
// the cross-entropy of P(normal) = e^{−h(z)}.

import { hsc as card } from '#domain/methods/hsc.ts';
import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';
import { featureScores } from '../../scores/feature-scores.ts';
import { meanOverViews } from '../../scores/view-scores.ts';
import { method } from '../method.ts';
import { meanOfAll, outliersOf, squaredLengths } from '../terms.ts';

/** Keeps the loss of an outlier at the centre finite, in float32. */
const epsilon = 1e-6;

export const hsc = method(card, {
  build: (b, batch) => {
    const normalDistances = distances(b, batch.normals);
    const outlierDistances = distances(b, outliersOf(batch));
    // In this order: 1 + ε is not a float32.
    const outside = b.sub(1, b.exp(b.mul(outlierDistances, -1)));
    const outlierLosses = b.mul(b.log(b.add(outside, epsilon)), -1);
    return {
      loss: meanOfAll(b, normalDistances, outlierLosses),
      terms: {
        normalDistance: b.mean(normalDistances),
        outlierDistance: b.mean(outlierDistances),
      },
      distributions: { normalDistances, outlierDistances },
    };
  },
  score: (image, { reference }) => ({
    sphereDistance: -meanOverViews(image, (view) => {
      const square = view.reduce((sum, value) => sum + value * value, 0);
      return Math.sqrt(square + 1) - 1;
    }),
    ...featureScores(image, reference),
  }),
});

/** [N, e] → [N]. */
function distances(b: ProgramBuilder, z: Value): Value {
  return b.sub(b.sqrt(b.add(squaredLengths(b, z), 1)), 1);
}
