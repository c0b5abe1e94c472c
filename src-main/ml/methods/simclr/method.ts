// SimCLR (Chen et al., 2020): NT-Xent on the normal images alone.

import { simclr as card } from '#domain/methods/simclr.ts';
import { contrast, normScoring } from '../contrast.ts';
import { method } from '../method.ts';

export const simclr = method(card, { build: contrast, ...normScoring });
