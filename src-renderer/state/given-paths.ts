// Paths that the user points at or types, and what they suggest as a name.

/** Typed, one a line. */
export function pathsIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * The last folder's name, an archive's or a table's without its ending, of an image that of its folder;
 * empty without a path.
 */
export function nameFrom(path = ''): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  const isImage = /\.(png|jpe?g|webp|bmp|tiff?)$/i.test(path);
  const name = parts.at(isImage ? -2 : -1) ?? '';
  return name.replace(/\.(zip|tar|tgz|tar\.gz|csv)$/i, '');
}
