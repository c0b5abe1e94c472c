// Catalogues with random bytes overwritten: none ends the process, none is used silently.

import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { purpose, RandomStream } from '#domain/random.ts';
import { contents, fill, open, withSqlite } from '../../../support/catalogue.ts';
import { sizes } from '../../../support/sizes.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const tempFolder = tempFolders();
const trials = sizes.damages;

interface Original {
  readonly folder: string;
  readonly path: string;
  readonly bytes: Buffer;
  readonly seal: Buffer;
  readonly rows: Record<string, unknown[]>;
}

async function original(): Promise<Original> {
  const folder = tempFolder();
  const { database, close } = await open(folder);
  fill(database, 250);
  await close();
  const path = join(folder, 'project.sqlite');
  const seal = readFileSync(`${path}.sha256`);
  const rows = await withSqlite(path, contents);
  return { folder, path, bytes: readFileSync(path), seal, rows };
}

/** A copy with a run of 1 to 64 bytes changed; every tenth one in the first page. */
function damage(bytes: Buffer, trial: number): Buffer {
  const random = new RandomStream(trial, purpose.sample);
  const length = 1 + random.integer(64);
  const start = random.integer((trial % 10 === 0 ? 4096 : bytes.length) - length);
  const copy = Buffer.from(bytes);
  for (let i = start; i < start + length; i++) copy[i]! ^= 1 + random.integer(255);
  return copy;
}

describe(`of ${trials} damaged catalogues`, () => {
  it('each that was closed is refused, says where its copy is, and is left as it was', async () => {
    const { folder, path, bytes, seal } = await original();
    for (let trial = 0; trial < trials; trial++) {
      const damaged = damage(bytes, trial);
      writeFileSync(path, damaged);
      writeFileSync(`${path}.sha256`, seal);
      await expect(open(folder), `trial ${trial}`).rejects.toMatchObject({
        code: 'project-damaged',
        message: expect.stringMatching(/not as Normscope left it.*copy .*backups/) as string,
      });
      expect(digest(readFileSync(path))).toBe(digest(damaged));
    }
  });

  it('each that was not closed is refused, or read to the end without a crash or a bug', async () => {
    const { folder, path, bytes, rows } = await original();
    const seen = { refused: 0, same: 0, partlyRead: 0, different: 0 };
    for (let trial = 0; trial < trials; trial++) {
      for (const end of ['.sha256', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
      writeFileSync(path, damage(bytes, trial));
      seen[await outcome(folder, rows)]++;
    }
    console.log('not closed, then damaged:', seen);
    // Damage to the file's structure is found; only the seal can find that of a value.
    expect(seen.refused).toBeGreaterThan(2 * seen.different);
    expect(Object.values(seen).reduce((sum, count) => sum + count)).toBe(trials);
  });
});

type Outcome = 'refused' | 'same' | 'partlyRead' | 'different';

/** Opens the project and reads everything in it; what is thrown must be the failure for damage. */
async function outcome(folder: string, rows: Record<string, unknown[]>): Promise<Outcome> {
  let isOpen = false;
  try {
    const { database, close } = await open(folder);
    isOpen = true;
    try {
      const read = Object.keys(rows).map((name) => [
        name,
        database.read((reader) => reader.all(`select * from "${name}"`)),
      ]);
      const same = JSON.stringify(Object.fromEntries(read)) === JSON.stringify(rows);
      return same ? 'same' : 'different';
    } finally {
      await close();
    }
  } catch (error) {
    expect(error).toMatchObject({ name: 'Failure' });
    expect((error as { code: string }).code).toMatch(/^project-(damaged|too-new)$/);
    return isOpen ? 'partlyRead' : 'refused';
  }
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
