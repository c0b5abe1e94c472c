// Reads the file of a backbone and checks that it is the one that its card names.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';

const remedy =
  'Remove the backbone and add it again (normscope backbone remove, backbone add); if it came with ' +
  'Normscope, install Normscope again.';

/** Throws `not-found`, and `checkpoint-damaged` when its hash differs. */
export async function readBackbone(path: string, sha256: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new Failure('not-found', `The backbone file ${path} cannot be read. ${remedy}`, path, {
      cause: error,
    });
  });
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw new Failure(
    'checkpoint-damaged',
    `The backbone file ${path} has changed: its SHA-256 is not that of its card. ${remedy}`,
    path,
  );
}
