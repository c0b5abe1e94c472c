// mixed: the loss of OECL with any weighted mix of external outliers and shifts.

import type { Method } from './method.ts';
import { contrastAndExposure } from './terms.ts';

export const mixed: Method = {
  meaning: 'the published loss with a mix of outlier sources and shift transforms',
  loss: contrastAndExposure,
};
