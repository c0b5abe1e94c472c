// Frozen: no training; the read-out of a network that was trained on photographs.

import { choice, name } from '../setting.ts';
import { card } from './card.ts';

const stages = 5;

export const frozen = card({
  name: 'frozen',
  title: 'Frozen',
  meaning:
    'No training: compares images by the features of a network that was trained on photographs. Ready within a minute.',
  paper:
    'Rippel et al., "Modeling the distribution of normal data in pre-trained deep features for anomaly detection", arXiv 2005.14140, 2020',
  learningType: 'none',
  outliers: 'none',
  views: 1,
  general: ['falseAlarms', 'turns', 'threads'],
  settings: {
    pictures: choice(
      'colour',
      ['colour', 'channels'],
      'colour shows the network one picture; channels shows each channel as a grey picture, for channels that are not red, green and blue',
    ),
    backbone: name('lite0', 'the network: lite0, or one added with "normscope backbone add"'),
  },
  presets: {},
  // Colour filters learnt from photographs are of little use for merged stains: jurkat, AUROC 0.85 merged,
  // 0.89 as channels (docs/method-study.md).
  specimens: { fluorescence: { pictures: 'channels' } },
  terms: [],
  measure: null,
  distributions: [],
  scores: [
    {
      name: 'frozen',
      title: 'Frozen read-out',
      meaning:
        'How far the image lies from the training normals in all stages of the frozen network together.',
    },
    ...Array.from({ length: stages }, (_, stage) => ({
      name: `frozen${stage + 1}`,
      title: `Frozen read-out, output ${stage + 1}`,
      meaning: `How far the image lies from the training normals in output ${stage + 1} of the frozen network alone.`,
    })),
  ],
  rankBy: 'frozen',
});
