// Views that are numbers: the second phase reads what the first has drawn.

import type { Views } from '#ml/views.ts';

const items = 40;

export const numbers: Views = {
  length: 2 * items + 1,
  phases: [items, items, 1],
  draw: (batch, phase, item, into) => {
    if (phase === 0) into[item] = 100 * batch + item;
    // From the other end: most were drawn by another thread.
    else if (phase === 1) into[items + item] = 2 * into[items - 1 - item]!;
    else into[2 * items] = into.subarray(0, 2 * items).reduce((sum, value) => sum + value, 0);
  },
};
