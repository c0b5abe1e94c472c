// Counts of values, for previews.

import type { FacetCount } from '#contract/image.ts';

export function countValue<Value>(counts: Map<Value, number>, value: Value): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

export function mostFrequentFirst<Value extends string | null>(
  counts: ReadonlyMap<Value, number>,
): FacetCount<Value>[] {
  return [...counts]
    .map(([value, number]) => ({ value, count: number }))
    .sort((a, b) => b.count - a.count || ((a.value ?? '') < (b.value ?? '') ? -1 : 1));
}
