// The outline of a small histogram as an SVG path, 120 wide and 36 high.

/** `top`: the share at the upper edge, above 0. */
export function outlineOf(shares: readonly number[], top: number): string {
  const step = 120 / shares.length;
  const points = shares.map((share, at) => {
    const y = (36 - (share / top) * 34).toFixed(1);
    return `V${y}H${((at + 1) * step).toFixed(1)}`;
  });
  return `M0 36${points.join('')}V36Z`;
}
