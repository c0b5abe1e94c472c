// Figures of evaluations as text.

/** A fraction such as an AUROC, with three digits: "0.931". */
export function part(value: number): string {
  return value.toFixed(3);
}

/** "0.902–0.956". */
export function interval([low, high]: readonly [number, number]): string {
  return `${part(low)}–${part(high)}`;
}

/** "5 %", "2.5 %". */
export function percent(value: number): string {
  const hundredths = value * 100;
  // A no-break space.
  return `${Number(hundredths.toFixed(hundredths < 10 ? 1 : 0))}\u00a0%`;
}

/** Four significant digits: "0.0123", "121.0". */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(2);
  return value.toPrecision(4);
}

/** Rank of an image among the held-out normals: "above 98 %"; empty without a rank. */
export function formatRank(rank: number | null): string {
  if (rank === null) return '';
  if (rank >= 1) return 'above all';
  return `above ${Math.floor(rank * 100)}\u00a0%`;
}

/** The file name at the end of a path. */
export function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
