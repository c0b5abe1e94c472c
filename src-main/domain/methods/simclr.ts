// SimCLR: contrastive learning on the normal images alone.

import { card } from './card.ts';
import { contrastiveFamily } from './contrastive.ts';

export const simclr = card({
  ...contrastiveFamily,
  name: 'simclr',
  title: 'Normals only',
  meaning: 'SimCLR: learns from normal images alone, for comparison.',
  paper:
    'Chen et al., "A simple framework for contrastive learning of visual representations", 2020',
  outliers: 'none',
});
