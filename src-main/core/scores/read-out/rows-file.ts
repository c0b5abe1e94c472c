// Gives a worker features as a file.

import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Input } from '#worker/contract.ts';
import type { Compute } from '../../workers/compute.ts';
import { newScoringFolder } from '../scoring-folder.ts';

interface RowsPorts {
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
}

/** 32-bit floats (little-endian), row after row; removed afterwards. Throws what `use` and writing throw. */
export async function withRows<Result>(
  rows: readonly Float32Array[],
  { folder, compute }: RowsPorts,
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
