// Geometry of a virtual grid: pure functions, no DOM.

export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** From the top of a row to the top of the next, CSS pixels. */
  readonly pitch: number;
  /** Height of the visible part, CSS pixels. */
  readonly height: number;
}

/** Rows drawn above and below the visible part, so that scrolling shows them at once. */
const spareRows = 3;

/**
 * Cells from `first` up to but not including `end` are drawn when the list is scrolled by `top`.
 */
export function cellsInView(
  { columns, pitch, height }: Layout,
  count: number,
  top: number,
): { readonly first: number; readonly end: number } {
  if (height === 0) return { first: 0, end: 0 };
  const firstRow = Math.max(0, Math.floor(top / pitch) - spareRows);
  const endRow = Math.ceil((top + height) / pitch) + spareRows;
  return { first: Math.min(count, firstRow * columns), end: Math.min(count, endRow * columns) };
}

/**
 * The scroll position in a new layout: keeps the cell `active` in place if it is visible, else the
 * first visible row. undefined when no scrolling is needed.
 */
export function topOfSame(
  before: Layout,
  after: Layout,
  top: number,
  active: number,
): number | undefined {
  if (before.columns === after.columns && before.pitch === after.pitch) return undefined;
  const rowOf = (cell: number, { columns, pitch }: Layout) => Math.floor(cell / columns) * pitch;
  const below = rowOf(active, before) - top;
  if (below > -before.pitch && below < before.height) {
    return Math.max(
      0,
      rowOf(active, after) - Math.max(0, Math.min(below, after.height - after.pitch)),
    );
  }
  const first = Math.floor(top / before.pitch) * before.columns;
  return rowOf(first, after);
}

/** The cell that a key moves to from cell `from`; undefined for keys that do not move. */
export function moved(
  key: string,
  from: number,
  count: number,
  { columns, pitch, height }: Layout,
): number | undefined {
  const page = Math.max(1, Math.floor(height / pitch)) * columns;
  const last = count - 1;
  const bySteps: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from < columns ? from : from - columns,
    ArrowDown: from + columns > last ? from : from + columns,
    PageUp: from - page,
    PageDown: from + page,
    Home: 0,
    End: last,
  };
  const to = Object.hasOwn(bySteps, key) ? bySteps[key] : undefined;
  return to === undefined || count === 0 ? undefined : Math.min(last, Math.max(0, to));
}
