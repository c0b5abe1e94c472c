// Reads the file of a backbone and checks that it is unchanged since it was added.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';

/** Throws `not-found`, and `checkpoint-damaged` when its hash differs. */
export async function readBackbone(path: string, sha256: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new Failure(
      'not-found',
      `The backbone file ${path} cannot be read. Add the backbone again (normscope backbone add).`,
      path,
      { cause: error },
    );
  });
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw new Failure(
    'checkpoint-damaged',
    `The backbone file ${path} has changed since it was added. Remove the backbone and add it ` +
      'again (normscope backbone remove, backbone add).',
    path,
  );
}
