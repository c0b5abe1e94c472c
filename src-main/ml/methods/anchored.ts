// Anchored OECL: OECL whose normal norms are also pushed up,
//   L = NT-Xent(normal) + α · mean ‖z(outlier)‖₂ − anchor · mean log(1 − e^{−‖z(normal)‖} + 1e-6):
// with both terms of one weight, the cross-entropy of P(normal) = 1 − e^{−‖z‖}. In short runs the
// published loss lets both norms sink to zero; this one does not.

import type { Method } from './method.ts';
import { contrastAndExposure } from './terms.ts';

export const anchored: Method = {
  meaning: 'the published loss with the norms of normal images held up: for short runs',
  loss: (b, features, settings) => {
    const terms = contrastAndExposure(b, features, settings);
    const targets = b.input('normalTargets', terms.normalNorms.shape);
    const losses = b.normCrossEntropy(terms.normalNorms, targets);
    const anchor = b.scale(b.weightedMean(losses, terms.normalWeights), b.input('anchor', []));
    return { ...terms, loss: b.add(terms.loss, anchor) };
  },
};
