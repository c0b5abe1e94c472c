// What "bench import" compares with: sharp alone doing the reads of an import on the files of a folder,
// as a separate program: bytes, hash, header, thumbnail, the thumbnail written. Prints images a second.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { sharp } from '#core/formats/image-library.ts';
import { filesBelow } from './packed-set.ts';

const [folder, thumbnails] = process.argv.slice(2) as [string, string];
const files = await filesBelow(folder);

async function readOne(path: string): Promise<void> {
  const bytes = await readFile(path);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const image = sharp(bytes);
  await image.metadata();
  const thumbnail = await image
    .resize(128, 128, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80, effort: 2 })
    .toBuffer();
  await writeFile(join(thumbnails, `${hash}.webp`), thumbnail);
}

const queue = files.values();
const start = performance.now();
// One more than there are cores, so that none waits while a file is read.
await Promise.all(
  Array.from({ length: availableParallelism() + 1 }, async () => {
    for (const path of queue) await readOne(path);
  }),
);
const imagesPerSecond = (1000 * files.length) / (performance.now() - start);
process.stdout.write(`${JSON.stringify({ imagesPerSecond })}\n`);
