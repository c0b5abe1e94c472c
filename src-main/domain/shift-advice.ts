// What is advised about shift transforms, from figures of a frozen network on normal images and their copies.

/** Figures of one shift; see ml/shifts/transfer.ts. */
export interface MeasuredShift {
  readonly name: string;
  /** AUROC of its copies against normals by the read-out, which has seen no outliers. */
  readonly plain: number;
  /** By a linear test that has learnt this shift on other images, with its 95 % interval. */
  readonly separability: number;
  readonly separability95: readonly [number, number];
  /** Of the copies of each shift, in their order, by the read-out with a head that has learnt this one. */
  readonly transfer: readonly number[];
}

export type ShiftDecision =
  /** Looks like a normal image of the specimen: as an outlier it does harm. */
  | 'normal'
  /** The frozen network separates nearly all copies already: it teaches little. */
  | 'easy'
  | 'usable';

export interface JudgedShift extends Omit<MeasuredShift, 'transfer'> {
  readonly decision: ShiftDecision;
  /** Mean AUROC of a detector that has learnt this shift on the others that are not normal; null without any. */
  readonly others: number | null;
  /** Place among the usable ones, from 1; null of others. */
  readonly rank: number | null;
}

/** Below it a shift looks normal. */
const looksNormal = 0.6;
/** From it on a shift is too easy. */
const tooEasy = 0.995;
/** Shifts of the recommended mix, at most. */
export const mostRecommended = 5;

/**
 * Normal is a shift that neither the read-out separates with 0.6 nor a test which has learnt it, or where the latter's
 * interval reaches down to one half. (A linear test misses shifts that go both ways, such as brighter or darker.) Usable ones are ranked by what the read-out sees of them: of the rules tried, it agreed best with the
 * detection of true anomalies (docs/method-study.md, "Advisor"); equal ones by how well others are separated.
 * `known`: shifts that are normal for the specimen whatever is measured.
 */
export function judgeShifts(
  measured: readonly MeasuredShift[],
  known: readonly string[] = [],
): JudgedShift[] {
  const isNormal = ({ name, plain, separability, separability95 }: MeasuredShift) =>
    known.includes(name) ||
    (plain < looksNormal && (separability < looksNormal || separability95[0] <= 0.5));
  const judged = measured.map(({ transfer, ...shift }, place) => {
    const others = transfer.filter((_, other) => other !== place && !isNormal(measured[other]!));
    const decision: ShiftDecision = isNormal(measured[place]!)
      ? 'normal'
      : shift.plain >= tooEasy
        ? 'easy'
        : 'usable';
    return { ...shift, decision, others: others.length === 0 ? null : mean(others) };
  });
  const ranked = judged
    .filter(({ decision }) => decision === 'usable')
    .sort((a, b) => rounded(b.plain) - rounded(a.plain) || (b.others ?? 0) - (a.others ?? 0));
  return judged.map((shift) => {
    const place = ranked.indexOf(shift);
    return { ...shift, rank: place < 0 ? null : place + 1 };
  });
}

/** Names of the best usable shifts; of the easy ones where none is usable. */
export function recommendedShifts(judged: readonly JudgedShift[]): string[] {
  const usable = judged.filter(({ rank }) => rank !== null).sort((a, b) => a.rank! - b.rank!);
  const easy = judged.filter(({ decision }) => decision === 'easy');
  const chosen = usable.length > 0 ? usable : easy;
  return chosen.slice(0, mostRecommended).map(({ name }) => name);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number): number {
  return Math.round(100 * value);
}
