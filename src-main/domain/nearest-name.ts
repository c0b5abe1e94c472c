// Suggests the right name for a mistyped one in a message.

/**
 * A clause `; the nearest is "x"` when one of `names` is within three edits of `name` and at least
 * half of it is right, else ''.
 */
export function nearestName(name: string, names: readonly string[]): string {
  let best = '';
  let least = 4;
  for (const candidate of names) {
    const longer = Math.max(name.length, candidate.length);
    const shorter = Math.min(name.length, candidate.length);
    // At least so many insertions; avoids comparing a name of a megabyte.
    if (longer - shorter >= least) continue;
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least && 2 * edits <= longer) {
      least = edits;
      best = candidate;
    }
  }
  return best === '' ? '' : `; the nearest is "${best}"`;
}

/** Fewest insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? before[j - 2]! + 1 : Infinity;
      next.push(Math.min(replaced, swapped, row[j]! + 1, next[j - 1]! + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
