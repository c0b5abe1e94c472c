// The images of a refit by what they are for.

import type { DatasetItem } from '../../datasets/items.ts';

/** The images that a refit is fitted to and judged on, each kind in the order of the rows. */
export interface RefitImages {
  readonly normals: readonly DatasetItem[];
  readonly confirmed: readonly DatasetItem[];
  readonly anomalies: readonly DatasetItem[];
  readonly heldOut: readonly DatasetItem[];
}
