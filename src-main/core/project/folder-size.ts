// The total size and number of files in a folder.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

interface FolderSize {
  readonly bytes: number;
  readonly files: number;
}

/** Files that are queried at the same time. */
const atOnce = 64;

/** Zero when the folder does not exist. Files that vanish meanwhile are not counted. */
export async function folderSize(folder: string): Promise<FolderSize> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  let bytes = 0;
  for (let at = 0; at < paths.length; at += atOnce) {
    const sizes = paths.slice(at, at + atOnce).map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    );
    for (const size of await Promise.all(sizes)) bytes += size;
  }
  return { bytes, files: paths.length };
}
