// Opens a copy of a catalogue that cannot be written where it is, to be looked at. SQLite cannot open a catalogue
// in write-ahead mode in a folder in which it may not create files, and an older one must be migrated first.

import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import type { ProjectDatabase } from './database.ts';
import { openDatabase, type DatabaseOptions } from './open-database.ts';

export interface CopiedDatabase {
  readonly database: ProjectDatabase;
  /** A folder of its own for what is made from the project meanwhile; gone after `close`. */
  readonly scratch: string;
  readonly close: () => Promise<void>;
}

/** The catalogue, what was not yet moved into it, and its seal. */
const endings = ['', '-wal', '-journal', '.sha256'];

/**
 * The caller has `database` refuse writes. Throws as `openDatabase`, naming the project's own file; `disk-full`
 * where the copy has no room.
 */
export async function openCopy(options: DatabaseOptions): Promise<CopiedDatabase> {
  const { folder } = options;
  const scratch = await mkdtemp(join(tmpdir(), 'normscope-look-'));
  const remove = () => rm(scratch, { recursive: true, force: true });
  try {
    for (const ending of endings) {
      const name = `project.sqlite${ending}`;
      const copy = join(scratch, name);
      try {
        await copyFile(join(folder, name), copy);
        // It has the rights of the original.
        await chmod(copy, 0o600);
      } catch (error) {
        if (ending === '' || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    const { database } = await openDatabase({ ...options, folder: scratch });
    const close = async () => {
      database.close();
      await remove();
    };
    return { database, scratch, close };
  } catch (error) {
    await remove();
    if (!(error instanceof Failure)) throw error;
    const words = error.message.replaceAll(scratch, folder);
    throw new Failure(error.code, words, join(folder, 'project.sqlite'), { cause: error });
  }
}
