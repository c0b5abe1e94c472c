// Figures of evaluations as people read them.

/** An area under a curve or another part of one: "0.931". */
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
  // A space that no line breaks at.
  return `${Number(hundredths.toFixed(hundredths < 10 ? 1 : 0))}\u00a0%`;
}

/** Four digits that mean something: "0.0123", "121.0". */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(2);
  return value.toPrecision(4);
}

/** How an image stands among the normals held out of training: "above 98 %"; empty without any. */
export function rankInWords(rank: number | null): string {
  if (rank === null) return '';
  if (rank >= 1) return 'above all';
  return `above ${Math.floor(rank * 100)}\u00a0%`;
}

/** The file's name at the end of its path. */
export function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
