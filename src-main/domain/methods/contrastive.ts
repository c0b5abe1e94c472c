// Shared by SimCLR and the OECL family: settings, terms and scores of NT-Xent and of norms.

import { number } from '../setting.ts';
import type { DistributionCard, MeasureCard, ScoreCard, TermCard } from './card.ts';
import { featureScores } from './feature-scores.ts';

const temperature = number(0.5, 0.01, 10, 'temperature of NT-Xent');

const ntxent = {
  name: 'ntxent',
  title: 'NT-Xent',
  meaning:
    'The contrastive part of the loss: how poorly two views of one image are matched among views of others.',
  chart: 'loss',
  of: 'normals',
} as const satisfies TermCard;
const normalNorm = {
  name: 'normalNorm',
  title: 'normal norm',
  meaning: 'The mean norm of the views of normal images. It should end up high.',
  chart: 'measure',
  of: 'normals',
} as const satisfies TermCard;
const outlierNorm = {
  name: 'outlierNorm',
  title: 'outlier norm',
  meaning: 'The mean norm of the views of outliers. It should end up near zero.',
  chart: 'measure',
  of: 'outliers',
} as const satisfies TermCard;
const alpha = {
  name: 'alpha',
  title: 'alpha',
  meaning: 'The weight of the outlier norm in the loss: 0 while the training warms up.',
  chart: null,
  of: null,
} as const satisfies TermCard;

const normalNorms = { name: 'normalNorms', of: 'normals' } as const satisfies DistributionCard;
const outlierNorms = { name: 'outlierNorms', of: 'outliers' } as const satisfies DistributionCard;

const norms: MeasureCard = {
  title: 'Norms',
  axis: 'norm',
  meaning:
    'How strongly the model responds to an image. Normal images should end up high, outliers near zero: the gap separates strange from normal images. The line is the mean of all views; the dark band holds the half of them in the middle, the light one nine of ten.',
};

const contrastiveScores = [
  {
    name: 'normOfMean',
    title: 'Norm of mean',
    meaning:
      'How strongly the model responds to the image, averaged over random views. The published score.',
  },
  {
    name: 'meanSquaredNorm',
    title: 'Mean squared norm',
    meaning: 'How strongly the model responds to each random view, on average.',
  },
  {
    name: 'plainSquaredNorm',
    title: 'Plain squared norm',
    meaning: 'How strongly the model responds to the image as it is, without random views.',
  },
  ...featureScores,
  {
    name: 'cosineTimesNorm',
    title: 'Cosine times norm',
    meaning:
      'Cosine similarity to the nearest training normal, times how strongly the model responds.',
  },
] as const satisfies readonly ScoreCard[];

/** NT-Xent on the normal images alone. */
export const contrastiveFamily = {
  learningType: 'contrastive',
  views: 2,
  settings: { temperature },
  presets: { quick: { rankBy: 'stages' }, standard: { rankBy: 'stages' } },
  specimens: {},
  // NT-Xent is the loss: one line is enough.
  terms: [{ ...ntxent, chart: null }, normalNorm],
  measure: norms,
  distributions: [normalNorms],
  scores: contrastiveScores,
  rankBy: 'normOfMean',
} as const;

/** NT-Xent on the normal images, and outliers that are pushed to a norm of zero. */
export const exposureFamily = {
  ...contrastiveFamily,
  settings: {
    warmup: number(0.05, 0, 1, 'share of the training before the outlier terms switch on'),
    alpha: number(0.1, 0, 100, 'weight of the outlier norm in the loss'),
    temperature,
  },
  presets: {
    quick: { alpha: 1, warmup: 0.05, rankBy: 'stages' },
    standard: { rankBy: 'stages' },
  },
  specimens: { natural: { alpha: 1 } },
  terms: [ntxent, normalNorm, outlierNorm, alpha],
  distributions: [normalNorms, outlierNorms],
} as const;
