// SimCLR (Chen et al., 2020): NT-Xent on the normal images alone.

import type { Method } from './method.ts';
import { contrast } from './terms.ts';

export const simclr: Method = {
  meaning: 'contrastive learning on the normal images alone, without outliers',
  loss: contrast,
};
