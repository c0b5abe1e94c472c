// Files that operating systems leave in folders: the import skips them, and a folder that
// holds nothing else is empty.

const names: ReadonlySet<string> = new Set(['thumbs.db', 'desktop.ini', '__macosx']);

/** Hidden files of macOS and of volumes: .DS_Store, .localized, ._NAME (attributes that a file system cannot store). */
const hiddenNames =
  /^\.(_.*|ds_store|localized|directory|fseventsd|spotlight-v100|trashes|temporaryitems)$/;

/** Of a file or folder; without its path. */
export function isLeftBySystem(name: string): boolean {
  const lower = name.toLowerCase();
  return names.has(lower) || hiddenNames.test(lower);
}
