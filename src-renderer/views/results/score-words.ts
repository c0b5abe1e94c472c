// The scores and measures in a microscopist's words.

import type { ScoreName } from '#domain/score.ts';

export const scoreWords: Readonly<Record<ScoreName, { title: string; meaning: string }>> = {
  normOfMean: {
    title: 'Norm of mean',
    meaning:
      'How strongly the model answers the image, averaged over random views. The published score.',
  },
  meanSquaredNorm: {
    title: 'Mean squared norm',
    meaning: 'How strongly the model answers each random view, on average.',
  },
  plainSquaredNorm: {
    title: 'Plain squared norm',
    meaning: 'How strongly the model answers the image as it is, without random views.',
  },
  mahalanobis: {
    title: 'Mahalanobis distance',
    meaning:
      'How far the image’s features lie from those of the training normals, measured in their own spread.',
  },
  nearest5: {
    title: 'Nearest five',
    meaning: 'How alike the image is to the five training normals that are most like it.',
  },
  cosineTimesNorm: {
    title: 'Cosine times norm',
    meaning: 'Likeness to the nearest training normal, times how strongly the model answers.',
  },
};

export const measureWords = {
  auroc:
    'The chance that a strange image is ranked above a normal one. 1 is perfect, 0.5 is guessing. The interval says how far chance in choosing these images may have moved it (95 %, DeLong).',
  aupr: 'How pure the top of the ranking is, averaged over all depths. 1 is perfect; guessing gives the part of strange images.',
  fpr95:
    'When the threshold is low enough to catch 95 % of the strange images, this part of the normal ones is flagged too. 0 is perfect.',
  falseAlarms:
    'Normal images of the test part that are above the threshold. The threshold is set on other normal images, so the part may differ from what you allowed.',
  found: 'Known strange images that are above the threshold.',
  budget:
    'How many false alarms you can live with. The line is put where, of 1,000 normal images, at most so many are expected above it, judged from normal images that were held out of training for this alone.',
  roc: 'Each point is a threshold: how many anomalies it finds (up) for how many normal images flagged by mistake (across). The nearer to the upper left corner, the better; the dashed line is guessing.',
  pr: 'Each point is a threshold: how many of the flags are right (up) when so many of the anomalies are found (across). The nearer to the upper right corner, the better; the dashed line is guessing.',
  floor:
    'A detector that has learnt nothing: it compares small thumbnails and colours with your normals. A trained model should be clearly better on the same images.',
} as const;
