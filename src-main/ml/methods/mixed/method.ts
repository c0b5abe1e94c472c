// mixed: the loss of OECL with any weighted mix of outlier sources and shifts.

import { mixed as card } from '#domain/methods/mixed.ts';
import { exposureMethod } from '../contrast.ts';

export const mixed = exposureMethod(card);
