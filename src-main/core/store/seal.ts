// The seal of a closed catalogue: its SHA-256 in a file beside it, as sha256sum writes it. SQLite has no
// checksums, so a value that changed on the disk would go unnoticed without it. The seal is removed while
// the catalogue is open: after a crash the catalogue is unsealed.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { damaged } from './failures.ts';

/**
 * Whether the catalogue is, bit for bit, the one that was closed; false when it was not closed.
 * Throws `project-damaged` when it differs.
 */
export async function isSealed(path: string): Promise<boolean> {
  const seal = await readFile(sealPath(path), 'latin1').catch(() => '');
  const hash = /^[0-9a-f]{64}(?= )/.exec(seal)?.[0];
  if (hash === undefined) return false;
  if ((await hashOf(path)) === hash && !(await holds(`${path}-wal`))) return true;
  throw damaged(
    path,
    'it is not as Normscope left it: it was damaged, or another program wrote into it (if that was ' +
      `on purpose, delete ${sealPath(path)} and open the project again)`,
  );
}

/** To be called on a closed catalogue, by the owner of the project. */
export async function seal(path: string): Promise<void> {
  if (await holds(`${path}-wal`)) return;
  await write(path, `${await hashOf(path)}  ${basename(path)}\n`);
}

/** To be called before anything is written. */
export async function unseal(path: string): Promise<void> {
  if (await holds(sealPath(path))) await write(path, '');
}

/** Emptied, not removed: that survives a power cut without flushing the folder. */
async function write(path: string, text: string): Promise<void> {
  await writeFile(sealPath(path), text, { flush: true });
}

function sealPath(path: string): string {
  return `${path}.sha256`;
}

async function holds(path: string): Promise<boolean> {
  return await stat(path).then(
    ({ size }) => size > 0,
    () => false,
  );
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(bytes as Buffer);
  }
  return hash.digest('hex');
}
