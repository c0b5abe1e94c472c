// Refit: no training; the read-out of another run's network, fitted again with the verdicts of a review.

import { card } from './card.ts';
import { frozen } from './frozen.ts';

export const refit = card({
  name: 'refit',
  title: 'Refit with verdicts',
  meaning:
    'No training: fits the read-out of an earlier model again with images that were confirmed in review. Ready within seconds.',
  paper:
    'Ledoit, Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", 2004; see src-main/ml/refit/README.md',
  learningType: 'none',
  outliers: 'none',
  views: 1,
  general: [],
  settings: { pictures: frozen.settings.pictures },
  presets: {},
  specimens: {},
  terms: [],
  measure: null,
  distributions: [],
  scores: [
    {
      name: 'refit',
      title: 'Read-out with verdicts',
      meaning:
        'How far the image lies from the normal images, confirmed ones included, raised where it resembles confirmed anomalies more than normal images do.',
    },
    {
      name: 'refitReadOut',
      title: 'Read-out with confirmed normals',
      meaning:
        'How far the image lies from the normal images, confirmed ones included, in all stages of the network together; confirmed anomalies do not count.',
    },
    {
      name: 'refitHead',
      title: 'Resemblance to confirmed anomalies',
      meaning:
        'How far the image lies from the normal images in the direction of the confirmed anomalies, in standard deviations of normal images.',
    },
  ],
  rankBy: 'refit',
});
