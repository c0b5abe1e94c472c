// Paths that the user chose or typed, and a dataset name suggested by them.

/** Typed paths, one per line. */
export function pathsIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * The name of the last folder; of an archive or table its name without extension; of an image the name
 * of its folder. Empty without a path.
 */
export function nameFrom(path = ''): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  const isImage = /\.(png|jpe?g|webp|bmp|tiff?)$/i.test(path);
  const name = parts.at(isImage ? -2 : -1) ?? '';
  return name.replace(/\.(zip|tar|tgz|tar\.gz|csv)$/i, '');
}
