// Rates a shift by its separability.

/** Below this a shift looks normal: used as an outlier it does harm. */
const looksNormal = 0.6;
const leavesNormal = 0.8;

export function separabilityRating(separability: number): {
  readonly kind: 'normal' | 'partly' | 'leaves';
  readonly text: string;
} {
  if (separability < looksNormal) return { kind: 'normal', text: 'looks normal' };
  if (separability < leavesNormal) return { kind: 'partly', text: 'partly separable' };
  return { kind: 'leaves', text: 'clearly separable' };
}
