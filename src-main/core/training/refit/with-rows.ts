// Vectors of images as a file for a worker.

import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Input } from '#worker/contract.ts';
import { newScoringFolder } from '../../scores/scoring-folder.ts';
import type { Compute } from '../../workers/compute.ts';

/** Gives a worker vectors as a file, which is removed afterwards. Throws as `use` and writing. */
export async function withRows<Result>(
  rows: readonly Float32Array[],
  { folder, compute }: { readonly folder: string; readonly compute: Compute },
  use: (rows: Input) => Promise<Result>,
): Promise<Result> {
  const work = await newScoringFolder(folder);
  try {
    const path = join(work, 'rows');
    const bytes = Buffer.concat(
      rows.map(
        ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
      ),
    );
    await writeFile(path, bytes);
    const hash = createHash('sha256').update(bytes).digest('hex');
    return await use(await compute.put({ hash, path }));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
