// HSC: the hypersphere classifier with outlier exposure.

import { card } from './card.ts';
import { featureScores } from './feature-scores.ts';

/** As in the authors' code: Adam, with a rate too small for SGD. */
const adam = { optimiser: 'adam', learningRate: 0.001, weightDecay: 1e-6 } as const;

export const hsc = card({
  name: 'hsc',
  title: 'HSC',
  meaning:
    'Gathers normal images in a small sphere and keeps outliers out of it, without contrast.',
  paper: 'Ruff et al., "Rethinking assumptions in deep anomaly detection", arXiv 2006.00339, 2020',
  learningType: 'one-class',
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
      name: 'normalDistance',
      title: 'normal distance',
      meaning: 'The mean pseudo-Huber distance of normal images from the centre. It should fall.',
      chart: 'measure',
      of: 'normals',
    },
    {
      name: 'outlierDistance',
      title: 'outlier distance',
      meaning: 'The mean pseudo-Huber distance of outliers from the centre. It should rise.',
      chart: 'measure',
      of: 'outliers',
    },
  ],
  measure: {
    title: 'Distances',
    axis: 'distance from the centre',
    meaning:
      'How far images lie from the centre of the sphere. Normal images should end up near, outliers far.',
  },
  distributions: [
    { name: 'normalDistances', of: 'normals' },
    { name: 'outlierDistances', of: 'outliers' },
  ],
  scores: [
    {
      name: 'sphereDistance',
      title: 'Distance from the centre',
      meaning: 'How near the image lies to the centre of the sphere, averaged over random views.',
    },
    ...featureScores,
  ],
  rankBy: 'sphereDistance',
});
