// OECL: outlier exposure contrastive learning, as published.

import { card } from './card.ts';
import { exposureFamily } from './contrastive.ts';

export const oecl = card({
  ...exposureFamily,
  name: 'oecl',
  title: 'OECL',
  meaning: 'As published: learns from outlier images that you have.',
  paper: 'Le-Gia and Ahn, "Outlier exposure contrastive learning", arXiv 2312.15288, 2023',
  outliers: 'sources',
});
