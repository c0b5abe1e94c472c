// What a measured time means, beside the ratio that is stored for it.

import type { Measured } from '../support/budget.ts';

/** Of each budget by its name: its time over that of the reference workload. */
export type Ratios = Readonly<Record<string, number>>;

/** So many times the stored ratio is clearly worse, and not the spread between runs. */
export const worseFrom = 2;

/** Reference work that takes so much longer by the clock than by the processor shares its core. */
const busyFrom = 1.25;

export interface Judged extends Measured {
  readonly ratio: number;
  /** Undefined where none is stored. */
  readonly stored: number | undefined;
  readonly verdict: 'holds' | 'worse' | 'not stored';
}

export function judge(measured: Measured, ratios: Ratios): Judged {
  const ratio = measured.ms / measured.referenceMs;
  const stored = ratios[measured.name];
  if (stored === undefined) return { ...measured, ratio, stored, verdict: 'not stored' };
  return { ...measured, ratio, stored, verdict: ratio > worseFrom * stored ? 'worse' : 'holds' };
}

/** Each budget at its best: what is slow by itself is slow in every round. */
export function bestOf(rounds: readonly (readonly Judged[])[]): Judged[] {
  const best = new Map<string, Judged>();
  for (const judged of rounds.flat()) {
    const other = best.get(judged.name);
    if (!other || judged.ratio < other.ratio) best.set(judged.name, judged);
  }
  return [...best.values()].sort((a, b) => a.name.localeCompare(b.name));
}

export function isBusy(all: readonly Measured[]): boolean {
  const loads = all.map(({ load }) => load).sort((a, b) => a - b);
  return (loads[loads.length >> 1] ?? 1) > busyFrom;
}
