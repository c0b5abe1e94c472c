// CSI: contrastive learning in which shifted copies of an image count as other images.

import type { ShiftName } from '../shift-table.ts';
import { choice, number } from '../setting.ts';
import { card } from './card.ts';
import { contrastiveFamily } from './contrastive.ts';
import { featureScores } from './feature-scores.ts';

/** Shifts that need no second image. */
const lone = [
  ...(['rotate', 'flip', 'jigsaw', 'cut-out', 'swirl', 'defocus', 'sharpen-ring'] as const),
  ...(['noise', 'jpeg', 'dust', 'missing-half', 'stain-matrix', 'channel-swap'] as const),
  ...(['gamma', 'uneven-light'] as const),
] as const satisfies readonly ShiftName[];

/** All but those of outliers and of turned copies. */
const general: readonly string[] = [
  ...['network', 'width', 'inputSize', 'batch', 'epochs', 'steps', 'optimiser', 'learningRate'],
  ...['momentum', 'weightDecay', 'trust', 'schedule', 'cropMin', 'cropMax', 'flip'],
  ...['verticalFlip', 'brightness', 'contrast', 'saturation', 'hue', 'jitter', 'grey', 'views'],
  ...['turns', 'falseAlarms', 'threads'],
];

const { temperature } = contrastiveFamily.settings;

export const csi = card({
  name: 'csi',
  title: 'CSI',
  meaning:
    'Learns from normal images and shifted copies of them, which it takes for other images and separates from them, for comparison.',
  paper:
    'Tack et al., "CSI: novelty detection via contrastive learning on distributionally shifted instances", arXiv 2007.08176, 2020',
  learningType: 'contrastive',
  outliers: 'none',
  views: 2,
  general,
  settings: {
    contrastShift: choice(
      'rotate',
      lone,
      'the shift of the copies: rotate gives three, turned by 90°, 180° and 270°, any other shift one',
    ),
    contrastStrength: number(0.5, 0, 1, 'strength of the shift, unless it is rotate'),
    shiftWeight: number(1, 0, 100, 'weight of the classifier of shifts in the loss'),
    temperature,
  },
  presets: contrastiveFamily.presets,
  // Turned copies of round cells are as normal as the cells.
  specimens: { stained: { contrastShift: 'jigsaw' }, fluorescence: { contrastShift: 'jigsaw' } },
  terms: [
    { ...contrastiveFamily.terms[0], chart: 'loss' },
    {
      name: 'shiftEntropy',
      title: 'cross-entropy of shifts',
      meaning:
        'How poorly the classifier tells which shift a copy has. It should fall; ln 2, about 0.69, is chance for two kinds of copies, ln 4 for four.',
      chart: 'loss',
      of: 'normals',
    },
    contrastiveFamily.terms[1],
  ],
  measure: contrastiveFamily.measure,
  distributions: contrastiveFamily.distributions,
  scores: [
    {
      name: 'csi',
      title: 'CSI',
      meaning:
        'The sum of the contrastive score and of the score of the shift classifier, averaged over random views. The published score.',
    },
    {
      name: 'csiContrast',
      title: 'CSI, contrast alone',
      meaning:
        'Cosine similarity to the nearest training normal, times how strongly the model responds, summed over the shifted copies.',
    },
    {
      name: 'csiShift',
      title: 'CSI, classifier alone',
      meaning:
        'How sure the classifier is of the shift of each shifted copy: it is less sure of strange images.',
    },
    ...featureScores,
  ],
  rankBy: 'csi',
});
