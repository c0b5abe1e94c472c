// self-OECL: OECL whose outliers are shifted copies of the normal images.

import { card } from './card.ts';
import { exposureFamily } from './contrastive.ts';

export const selfOecl = card({
  ...exposureFamily,
  name: 'self-oecl',
  title: 'Self-OECL',
  meaning: 'Makes its outliers from your normal images by shift transforms.',
  paper: 'Le-Gia and Ahn, "Outlier exposure contrastive learning", arXiv 2312.15288, 2023',
  outliers: 'shifts',
});
