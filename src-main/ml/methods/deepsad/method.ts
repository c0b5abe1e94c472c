// DeepSAD (Ruff et al., 2020), with outliers as the labelled anomalies and the squared distance from a
// fixed centre c, d(z) = ‖z − c‖²:
//   L = mean of  d(z) over normal views and  η / (d(z) + 1e-6) over outlier views.
// c is the mean feature of the normal images before the first step. As in the authors' code its values
// are kept away from 0, which weights alone could reach.

import { deepsad as card } from '#domain/methods/deepsad.ts';
import { featureScores } from '../../scores/feature-scores.ts';
import { meanOverViews } from '../../scores/view-scores.ts';
import { method } from '../method.ts';
import { meanOfAll, outliersOf, squaredLengths } from '../terms.ts';

/** Keeps the loss of an outlier in the centre finite. */
const epsilon = 1e-6;
/** Least absolute value of the centre. */
const leastCentre = 0.1;
const centreName = 'sphere.centre';

export const deepsad = method(card, {
  build: (b, batch, { eta }) => {
    const outliers = outliersOf(batch);
    const centre = b.statistic(centreName, [outliers.shape[1]!]);
    const normalSquares = squaredLengths(b, b.sub(batch.normals, centre));
    const outlierSquares = squaredLengths(b, b.sub(outliers, centre));
    return {
      loss: meanOfAll(b, normalSquares, b.div(eta, b.add(outlierSquares, epsilon))),
      terms: { normalSquare: b.mean(normalSquares), outlierSquare: b.mean(outlierSquares) },
      distributions: { normalSquares, outlierSquares },
    };
  },
  prepare: (z, count) => {
    const e = z.length / count;
    const mean = new Float64Array(e);
    for (let i = 0; i < z.length; i++) mean[i % e]! += z[i]! / count;
    const centre = Float32Array.from(mean, (value) =>
      Math.abs(value) >= leastCentre ? value : value < 0 ? -leastCentre : leastCentre,
    );
    return { [centreName]: centre };
  },
  fit: (state) => ({ centre: state[centreName]! }),
  score: (image, { reference, own }) => {
    const centre = own['centre']!;
    return {
      centreSquare: -meanOverViews(image, (view) =>
        view.reduce((sum, value, i) => sum + (value - centre[i]!) ** 2, 0),
      ),
      ...featureScores(image, reference),
    };
  },
});
