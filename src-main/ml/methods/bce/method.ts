// BCE with outlier exposure (Ruff et al., 2020): one logit l = w · z + b of each view,
//   L = mean of  log(1 + e^{−l}) over normal views and  log(1 + e^{l}) over outlier views.

import { bce as card } from '#domain/methods/bce.ts';
import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';
import { featureScores } from '../../scores/feature-scores.ts';
import { meanOverViews } from '../../scores/view-scores.ts';
import { method } from '../method.ts';
import { meanOfAll, outliersOf } from '../terms.ts';

const names = { weight: 'logit.weight', bias: 'logit.bias' } as const;

export const bce = method(card, {
  build: (b, batch) => {
    const outliers = outliersOf(batch);
    const weight = b.parameter(names.weight, [1, outliers.shape[1]!]);
    const bias = b.parameter(names.bias, [1]);
    const logits = (z: Value) => b.reshape(b.linear(z, weight, bias), [z.shape[0]!]);
    const [normal, outlier] = [logits(batch.normals), logits(outliers)];
    return {
      loss: meanOfAll(b, softplus(b, b.mul(normal, -1)), softplus(b, outlier)),
      terms: {
        normalProbability: b.mean(b.sigmoid(normal)),
        outlierProbability: b.mean(b.sigmoid(outlier)),
      },
      distributions: {},
    };
  },
  fit: (state) => ({ weight: state[names.weight]!, bias: state[names.bias]! }),
  score: (image, { reference, own }) => {
    const [weight, bias] = [own['weight']!, own['bias']![0]!];
    return {
      normalLogit: meanOverViews(image, (view) =>
        view.reduce((sum, value, i) => sum + value * weight[i]!, bias),
      ),
      ...featureScores(image, reference),
    };
  },
});

/** log(1 + eˣ) = max(x, 0) + log(1 + e^{−|x|}), which no x overflows. */
function softplus(b: ProgramBuilder, x: Value): Value {
  const positive = b.relu(x);
  const size = b.add(positive, b.relu(b.mul(x, -1)));
  return b.add(positive, b.log(b.add(b.exp(b.mul(size, -1)), 1)));
}
