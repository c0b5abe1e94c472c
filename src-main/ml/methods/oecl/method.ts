// OECL: outlier exposure contrastive learning (arXiv 2312.15288):
//   L = NT-Xent(normal) + α · mean ‖z(outlier)‖₂

import { oecl as card } from '#domain/methods/oecl.ts';
import { exposureMethod } from '../contrast.ts';

export const oecl = exposureMethod(card);
