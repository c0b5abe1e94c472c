// Terms shared by several losses.

import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';

/** Σ of the squares of each row of z [N, e] → [N]. */
export function squaredLengths(b: ProgramBuilder, z: Value): Value {
  return b.sum(b.mul(z, z), [1]);
}

/** The mean over the normal and the outlier views together, of a loss of each view, [N] and [M]. */
export function meanOfAll(b: ProgramBuilder, normals: Value, outliers: Value): Value {
  const count = normals.shape[0]! + outliers.shape[0]!;
  return b.div(b.add(b.sum(normals), b.sum(outliers)), count);
}

/** Outliers of a batch whose method needs them. Throws an Error without any. */
export function outliersOf({ outliers }: { readonly outliers: Value | null }): Value {
  if (outliers === null) throw new Error('This method needs outliers');
  return outliers;
}
