// DeepSAD: deep semi-supervised anomaly detection, with outliers as the labelled anomalies.

import { number } from '../setting.ts';
import { card } from './card.ts';
import { featureScores } from './feature-scores.ts';

/** As in the authors' code: Adam, with a rate too small for SGD. */
const adam = { optimiser: 'adam', learningRate: 0.001, weightDecay: 1e-6 } as const;

export const deepsad = card({
  name: 'deepsad',
  title: 'DeepSAD',
  meaning:
    'Gathers normal images around a centre that is fixed before the training, and keeps outliers away.',
  paper: 'Ruff et al., "Deep semi-supervised anomaly detection", arXiv 1906.02694, 2020',
  learningType: 'one-class',
  outliers: 'any',
  views: 1,
  settings: {
    eta: number(1, 0, 100, 'weight of the outliers in the loss'),
  },
  presets: {
    quick: { ...adam, rankBy: 'stages' },
    standard: { ...adam, rankBy: 'stages' },
    paper: adam,
  },
  specimens: {},
  terms: [
    {
      name: 'normalSquare',
      title: 'normal squared distance',
      meaning: 'The mean squared distance of normal images from the centre. It should fall.',
      chart: 'measure',
      of: 'normals',
    },
    {
      name: 'outlierSquare',
      title: 'outlier squared distance',
      meaning: 'The mean squared distance of outliers from the centre. It should stay large.',
      chart: 'measure',
      of: 'outliers',
    },
  ],
  measure: {
    title: 'Squared distances',
    axis: 'squared distance from the centre',
    meaning:
      'How far images lie from the centre, squared. Normal images should end up near, outliers far.',
  },
  distributions: [
    { name: 'normalSquares', of: 'normals' },
    { name: 'outlierSquares', of: 'outliers' },
  ],
  scores: [
    {
      name: 'centreSquare',
      title: 'Squared distance from the centre',
      meaning: 'How near the image lies to the centre, squared, averaged over random views.',
    },
    ...featureScores,
  ],
  rankBy: 'centreSquare',
});
