// Corrects p-values for how many hypotheses are tested together.

/**
 * Holm's step-down correction ("A simple sequentially rejective multiple test procedure", 1979), in the order
 * given: rejecting those below a level keeps the chance of any false rejection below that level.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const corrected = new Array<number>(pValues.length);
  let largest = 0;
  order.forEach((index, place) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - place) * pValues[index]!));
    corrected[index] = largest;
  });
  return corrected;
}
