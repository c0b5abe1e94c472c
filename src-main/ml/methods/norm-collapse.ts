// Warns when a run's norms do not separate normal images from outliers.

import type { Terms } from '#domain/progress.ts';

/** Norms below this count as zero: they start at several units. */
const nearZero = 0.2;
/** An outlier norm above this share of the normal one does not separate. */
const alike = 0.8;

/** A warning for the user, or null when the norms separate. Norms are means over the last epoch. */
export function normWarning({ normalNorm, outlierNorm }: Terms): string | null {
  const remedy = 'Rank by the Mahalanobis score, train longer, or use the anchored method.';
  if (normalNorm === undefined || outlierNorm === undefined) return null;
  const values = `${normalNorm.toFixed(3)} and ${outlierNorm.toFixed(3)}`;
  if (normalNorm < nearZero && outlierNorm < nearZero) {
    return (
      `normal and outlier norms are both near zero (${values}): the network shrank every norm ` +
      `instead of separating normal images from outliers, so the norm scores are unreliable. ${remedy}`
    );
  }
  if (outlierNorm > alike * normalNorm) {
    return (
      `normal and outlier norms are nearly equal (${values}): to the network these outliers look ` +
      `normal, so the norm scores are unreliable. Choose other outliers or shifts. ${remedy}`
    );
  }
  return null;
}
