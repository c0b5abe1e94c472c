// Anchored OECL: OECL whose normal norms are also pushed up, so that short runs do not collapse.

import { number } from '../setting.ts';
import { card } from './card.ts';
import { exposureFamily } from './contrastive.ts';

export const anchored = card({
  ...exposureFamily,
  name: 'anchored',
  title: 'Anchored',
  meaning: 'Pushes outliers away and holds normals in place. Takes outlier images, shifts or both.',
  paper: 'OECL (arXiv 2312.15288, 2023) with the cross-entropy of P(normal) = 1 − exp(−norm)',
  outliers: 'any',
  settings: {
    ...exposureFamily.settings,
    anchor: number(1, 0, 100, 'weight of the normal norm in the loss'),
  },
  presets: { ...exposureFamily.presets, quick: { ...exposureFamily.presets.quick, anchor: 1 } },
});
