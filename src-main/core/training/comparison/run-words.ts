// How messages name a run of a comparison.

import { findCard } from '#domain/methods/methods.ts';

/** "Run 5 (PatchCore, seed 0)". */
export function runWords(runId: number, method: string, seed: number): string {
  return `Run ${runId} (${findCard(method)?.title ?? method}, seed ${seed})`;
}
