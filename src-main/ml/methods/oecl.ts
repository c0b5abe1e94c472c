// OECL: outlier exposure contrastive learning (arXiv 2312.15288):
//   L = NT-Xent(normal) + α · mean ‖z(outlier)‖₂

import type { Method } from './method.ts';
import { contrastAndExposure } from './terms.ts';

export const oecl: Method = {
  meaning: 'the published loss with outliers from other folders or packs',
  loss: contrastAndExposure,
};
