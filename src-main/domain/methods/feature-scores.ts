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
  {
    name: 'stages',
    title: 'Read-out',
    meaning:
      'How far the image lies from the training normals in all stages of the network together, from fine texture to whole shapes.',
  },
  ...[1, 2, 3, 4].map((stage) => ({
    name: `stage${stage}`,
    title: `Read-out of stage ${stage}`,
    meaning: `How far the image lies from the training normals in stage ${stage} of the network alone.`,
  })),
] as const satisfies readonly ScoreCard[];
