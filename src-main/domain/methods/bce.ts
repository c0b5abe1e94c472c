// BCE: a classifier of normal images against outliers, on one logit.

import { card } from './card.ts';
import { featureScores } from './feature-scores.ts';

/** As in the authors' code: Adam, with a rate too small for SGD. */
const adam = { optimiser: 'adam', learningRate: 0.001, weightDecay: 1e-6 } as const;

export const bce = card({
  name: 'bce',
  title: 'BCE',
  meaning: 'A classifier of normal images against outliers, for comparison.',
  paper: 'Ruff et al., "Rethinking assumptions in deep anomaly detection", arXiv 2006.00339, 2020',
  learningType: 'classification',
  outliers: 'any',
  views: 1,
  settings: {},
  presets: {
    quick: { ...adam, rankBy: 'stages' },
    standard: { ...adam, rankBy: 'stages' },
    paper: adam,
  },
  specimens: {},
  terms: [
    {
      name: 'normalProbability',
      title: 'normal probability',
      meaning: 'The mean probability of being normal of normal images. It should rise.',
      chart: 'measure',
      of: 'normals',
    },
    {
      name: 'outlierProbability',
      title: 'outlier probability',
      meaning: 'The mean probability of being normal of outliers. It should fall.',
      chart: 'measure',
      of: 'outliers',
    },
  ],
  measure: {
    title: 'Probabilities',
    axis: 'probability of normal',
    meaning:
      'How sure the classifier is that an image is normal and no outlier of its training. Normal images should end up near 1, outliers near 0. It says nothing about images that are like neither.',
  },
  distributions: [],
  scores: [
    {
      name: 'normalLogit',
      title: 'Logit of normal',
      meaning: 'How sure the classifier is that the image is normal, averaged over random views.',
    },
    ...featureScores,
  ],
  rankBy: 'normalLogit',
});
