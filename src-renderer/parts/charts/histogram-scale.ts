// Values and their places on the axis of a histogram, whose bins need not be equally wide.

/** From 0 to the number of bins; `edges` rising. Values outside are at the ends. */
export function placeOf(edges: readonly number[], value: number): number {
  const last = edges.length - 1;
  if (value <= edges[0]!) return 0;
  for (let bin = 0; bin < last; bin++) {
    const [low, high] = [edges[bin]!, edges[bin + 1]!];
    if (value < high) return bin + (value - low) / (high - low);
  }
  return last;
}

/** The inverse of `placeOf`; places outside are taken for the ends. */
export function valueAt(edges: readonly number[], place: number): number {
  const last = edges.length - 1;
  const bin = Math.min(last - 1, Math.max(0, Math.floor(place)));
  const part = Math.min(1, Math.max(0, place - bin));
  return edges[bin]! + part * (edges[bin + 1]! - edges[bin]!);
}
