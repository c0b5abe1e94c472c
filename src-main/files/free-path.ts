// A name that nothing in a folder has, so that nothing is overwritten.

import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/** "stem.csv", or the first free of "stem-2.csv", "stem-3.csv", … `ending`: with its dot, or empty. */
export async function freePath(folder: string, stem: string, ending: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(folder, `${stem}${number === 1 ? '' : `-${number}`}${ending}`);
    const isFree = await lstat(path).then(
      () => false,
      () => true,
    );
    if (isFree) return path;
  }
}
