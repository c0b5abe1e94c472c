// The distribution of norms ‖z‖: a histogram over one logarithmic axis, the same for every run, so that
// counts of micro-batches, steps and epochs can be added and stored in checkpoints.

/** Bins of an octave: one is 9 % wide. */
const perOctave = 8;
/** 2⁻⁷ and 2¹²: norms beyond are counted in the first and the last bin. */
const firstBin = -7 * perOctave;
const lastBin = 12 * perOctave - 1;

export interface NormCounts {
  /** Bin of the first count: bin i is from 2^(i / 8) to 2^((i + 1) / 8). 0 without counts. */
  readonly first: number;
  /** Views of which the norm lies in the bin; neither the first nor the last is 0. */
  readonly counts: readonly number[];
}

export const noNorms: NormCounts = { first: 0, counts: [] };

/** The lower edge of a bin. */
export function binStart(bin: number): number {
  return 2 ** (bin / perOctave);
}

/** Of finite norms from 0. */
export function countNorms(norms: Float32Array): NormCounts {
  const all = new Uint32Array(lastBin - firstBin + 1);
  for (const norm of norms) {
    const bin = Math.floor(Math.log2(norm) * perOctave);
    all[Math.min(Math.max(bin, firstBin), lastBin) - firstBin]!++;
  }
  const from = all.findIndex((count) => count > 0);
  if (from < 0) return noNorms;
  const to = all.findLastIndex((count) => count > 0);
  return { first: firstBin + from, counts: [...all.subarray(from, to + 1)] };
}

export function addNorms(one: NormCounts, other: NormCounts): NormCounts {
  if (one.counts.length === 0) return other;
  if (other.counts.length === 0) return one;
  const first = Math.min(one.first, other.first);
  const end = Math.max(one.first + one.counts.length, other.first + other.counts.length);
  const countIn = ({ first: from, counts }: NormCounts, bin: number) => counts[bin - from] ?? 0;
  const counts = Array.from(
    { length: end - first },
    (_, at) => countIn(one, first + at) + countIn(other, first + at),
  );
  return { first, counts };
}

/** Views counted. */
export function normTotal({ counts }: NormCounts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * The norm below which the given share (0 … 1) of the views lies, assuming that the norms of a bin are
 * spread evenly over it. Throws RangeError without counts.
 */
export function normQuantile(norms: NormCounts, part: number): number {
  const wanted = part * normTotal(norms);
  if (norms.counts.length === 0) throw new RangeError('A quantile needs norms.');
  let below = 0;
  for (const [at, count] of norms.counts.entries()) {
    if (count > 0 && below + count >= wanted) {
      return binStart(norms.first + at + (wanted - below) / count);
    }
    below += count;
  }
  return binStart(norms.first + norms.counts.length);
}
