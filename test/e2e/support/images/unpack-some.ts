// Some members of a zip archive as files.

import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

/** Every tenth image of the archive, under its own path below `folder`. */
export async function unpackEveryTenth(archive: string, folder: string): Promise<void> {
  const zip = await openPromise(archive);
  let images = 0;
  for await (const entry of zip.eachEntry()) {
    if (!/\.jpe?g$/i.test(entry.fileName) || images++ % 10 !== 0) continue;
    const path = join(folder, entry.fileName);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
  }
}
