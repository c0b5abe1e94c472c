// Says in words when a run's norms cannot tell normal from outlier.

import type { Terms } from '#domain/progress.ts';

/** Norms below this count as zero: they start at several units. */
const nearZero = 0.2;
/** An outlier norm above this share of the normal one does not separate. */
const alike = 0.8;

/** A sentence for the user, or null when all is well. Norms are means over the last epoch. */
export function normWarning({ normalNorm, outlierNorm }: Terms): string | null {
  const remedy = 'Rank by the Mahalanobis score, train longer, or take the anchored method.';
  if (normalNorm === undefined || outlierNorm === undefined) return null;
  const values = `${normalNorm.toFixed(3)} and ${outlierNorm.toFixed(3)}`;
  if (normalNorm < nearZero && outlierNorm < nearZero) {
    return (
      `normal and outlier norms are both near zero (${values}): the network shrank every norm ` +
      `instead of telling normal images from outliers, so the norm scores say little. ${remedy}`
    );
  }
  if (outlierNorm > alike * normalNorm) {
    return (
      `normal and outlier norms are nearly equal (${values}): to the network these outliers look ` +
      `normal, so the norm scores say little. Choose other outliers or shifts. ${remedy}`
    );
  }
  return null;
}
