// PatchCore: no training; the distance of an image's patches from those of the normal images, in a network
// that was trained on photographs.

import { choice, integer } from '../setting.ts';
import { card } from './card.ts';
import { frozen } from './frozen.ts';

export const patchcore = card({
  name: 'patchcore',
  title: 'PatchCore',
  meaning:
    'No training: compares the patches of an image with those of normal images, by the features of a network that was trained on photographs. For small faults at any place.',
  paper:
    'Roth et al., "Towards total recall in industrial anomaly detection", arXiv 2106.08265, 2022',
  learningType: 'none',
  outliers: 'none',
  views: 1,
  general: ['falseAlarms', 'turns', 'threads'],
  settings: {
    ...frozen.settings,
    patchStages: choice(
      'middle',
      ['early', 'middle', 'late'],
      'the two stages of the network that describe a patch: the middle ones, those before them, or the last',
    ),
    patchSide: choice(
      '3',
      ['1', '3', '5'],
      'side of the square of positions that a patch is averaged over',
    ),
    coreset: integer(1000, 16, 20_000, 'patches of normal images that are kept, at most'),
    projection: integer(
      64,
      0,
      1024,
      'values of a patch after a random projection, by which kept patches are chosen; 0 uses all',
    ),
    neighbours: integer(
      9,
      1,
      100,
      'kept patches around the nearest one that weigh the largest distance; 1 leaves it unweighted',
    ),
  },
  presets: {},
  specimens: frozen.specimens,
  terms: [],
  measure: null,
  distributions: [],
  scores: [
    {
      name: 'patch',
      title: 'Patch distance',
      meaning:
        'How far the strangest patch of the image lies from the patches of the training normals, weighted by how common those patches are.',
    },
    {
      name: 'largestPatch',
      title: 'Largest patch distance',
      meaning:
        'How far the strangest patch of the image lies from the nearest patch of the training normals.',
    },
    {
      name: 'meanPatch',
      title: 'Mean patch distance',
      meaning:
        'How far the patches of the image lie from the nearest patches of the training normals, on average.',
    },
  ],
  rankBy: 'patch',
});
