// Places in a list of rising numbers, by halving.

/** The first place whose value is at least `value`: as many values are below it. */
export function firstNotBelow(rising: Float64Array, value: number): number {
  return firstWhere(rising, (other) => other >= value);
}

/** The first place whose value is above `value`: as many values are not above it. */
export function firstAbove(rising: Float64Array, value: number): number {
  return firstWhere(rising, (other) => other > value);
}

/** `holds` is false up to some place and true from there on. The length if it never holds. */
function firstWhere(rising: Float64Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(rising[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
