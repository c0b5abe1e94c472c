// Scores from the features h of the network, which every method can give.

import type { ScoreCard } from './card.ts';

export const featureScores = [
  {
    name: 'mahalanobis',
    title: 'Mahalanobis distance',
    meaning:
      'How far the image’s features lie from those of the training normals, measured in their own spread.',
  },
  {
    name: 'nearest5',
    title: 'kNN-5',
    meaning: 'Mean cosine similarity of the image to its five nearest training normals.',
  },
] as const satisfies readonly ScoreCard[];
