// Anchored OECL: OECL whose normal norms are also pushed up,
//   L = NT-Xent(normal) + α · mean ‖z(outlier)‖₂ − anchor · mean log(1 − e^{−‖z(normal)‖} + 1e-6):
// with both terms of one weight, the cross-entropy of P(normal) = 1 − e^{−‖z‖}. In short runs the
// published loss lets both norms sink to zero; this one does not.

import { anchored as card } from '#domain/methods/anchored.ts';
import { contrastAndExposure, exposureMethod, warmedUp } from '../contrast.ts';
import { method } from '../method.ts';

export const anchored = method(card, {
  ...exposureMethod(card),
  build: (b, batch, settings) => {
    const own = contrastAndExposure(b, batch, settings);
    const normalNorms = own.distributions['normalNorms']!;
    const targets = b.input('normalTargets', normalNorms.shape);
    const losses = b.normCrossEntropy(normalNorms, targets);
    const anchor = b.scale(b.weightedMean(losses, own.normalWeights), b.input('anchor', []));
    return { ...own, loss: b.add(own.loss, anchor) };
  },
  inputs: (settings, step, steps) => ({
    alpha: warmedUp(settings.alpha, settings, step, steps),
    anchor: warmedUp(settings.anchor, settings, step, steps),
  }),
});
