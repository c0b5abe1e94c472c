// The length of a scale bar: 1, 2 or 5 times a power of ten, as long as fits.

export interface ScaleLength {
  /** Screen pixels. */
  readonly pixels: number;
  /** "20 µm", "1 mm", "500 nm". */
  readonly words: string;
}

/** `micrometres`: of one screen pixel. `most`: screen pixels. */
export function scaleLength(micrometres: number, most: number): ScaleLength {
  const longest = micrometres * most;
  const power = 10 ** Math.floor(Math.log10(longest));
  const length = power * ([5, 2].find((times) => times * power <= longest) ?? 1);
  return { pixels: length / micrometres, words: inWords(length) };
}

function inWords(micrometres: number): string {
  const [value, unit] =
    micrometres >= 1000
      ? [micrometres / 1000, 'mm']
      : micrometres < 1
        ? [micrometres * 1000, 'nm']
        : [micrometres, 'µm'];
  return `${Number(value.toPrecision(1)).toLocaleString('en')}\u00a0${unit}`;
}
