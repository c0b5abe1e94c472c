// What stands below a tile, and which part of a name is the same in all names and can be cut.

import { nameOf } from '../text/score-format.ts';

export type TileLabel = 'name' | 'class' | 'group' | 'score';

/** The shortest name of which a part is worth cutting, characters. */
const shortest = 14;
/** Cut parts are at least this long: otherwise they only make names harder to recognise. */
const leastCut = 4;

/**
 * Characters that all names begin with, up to the last separator before they differ: of "plate1_A01.tif" and
 * "plate1_A02.tif" 7, for "plate1_". 0 where cutting them would gain little.
 */
export function commonStart(paths: readonly string[]): number {
  const names = paths.map(nameOf);
  const [first = ''] = names;
  if (names.length < 2 || names.every(({ length }) => length < shortest)) return 0;
  let same = first.length;
  for (const name of names) {
    let at = 0;
    while (at < same && name[at] === first[at]) at++;
    same = at;
  }
  const kept = /^.*[^\p{L}\p{N}]/u.exec(first.slice(0, same))?.[0].length ?? 0;
  return kept >= leastCut && names.every(({ length }) => length > kept) ? kept : 0;
}

/** "… A01.tif": the name without what all names begin with. */
export function shortName(path: string, cut: number): string {
  const name = nameOf(path);
  return cut > 0 && name.length > cut ? `…${name.slice(cut)}` : name;
}

/** The text of a label; `none` where the image has no such value. */
export function labelText(
  label: Exclude<TileLabel, 'score'>,
  image: { readonly path: string; readonly class: string | null; readonly group: string | null },
  cut: number,
): string {
  switch (label) {
    case 'name':
      return shortName(image.path, cut);
    case 'class':
      return image.class ?? 'no class';
    case 'group':
      return image.group ?? 'no group';
  }
}
