// Paths that the user chose or typed, and a dataset name suggested by them.

import { pastedPath } from '#domain/paths/pasted-path.ts';

/** Typed or pasted paths, one per line; the core reads quotes, file: addresses and "~". */
export function pathsIn(text: string): string[] {
  return text
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * The name of the last folder; of an archive or table its name without extension; of an image the name
 * of its folder. Empty without a path.
 */
export function nameFrom(path = ''): string {
  const parts = pastedPath(path)
    .split(/[\\/]/)
    .filter((part) => part !== '');
  const isImage = /\.(png|jpe?g|webp|bmp|tiff?)$/i.test(pastedPath(path));
  const name = parts.at(isImage ? -2 : -1) ?? '';
  return name.replace(/\.(zip|tar|tgz|tar\.gz|csv|tsv|tab|txt)$/i, '');
}
