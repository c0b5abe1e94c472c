// mixed: the loss of OECL with any weighted mix of outlier sources and shifts.

import { card } from './card.ts';
import { exposureFamily } from './contrastive.ts';

export const mixed = card({
  ...exposureFamily,
  name: 'mixed',
  title: 'Mixed',
  meaning: 'OECL with both outlier images and shift transforms.',
  paper: 'Le-Gia and Ahn, "Outlier exposure contrastive learning", arXiv 2312.15288, 2023',
  outliers: 'any',
});
