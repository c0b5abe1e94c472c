// One owner per project. The lock is an exclusive transaction on a small database of its own: the
// operating system lets go of it when the owner ends, however it ends.

import type Sqlite from 'better-sqlite3';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import { openSqlite, sqliteCode } from './sqlite.ts';

export interface ProjectLock {
  readonly release: () => Promise<void>;
}

/** For the message to others; the lock itself does not depend on it. */
const ownerSchema = z.object({ pid: z.int(), host: z.string() });

/** Throws `project-in-use`, naming the owner's process, when another process holds the project. */
export async function lockProject(folder: string): Promise<ProjectLock> {
  const ownerFile = join(folder, 'project.owner');
  const connection = await openSqlite(join(folder, 'project.lock'), { timeout: 0 });
  try {
    connection.exec('begin exclusive');
  } catch (error) {
    connection.close();
    if (sqliteCode(error) !== 'SQLITE_BUSY') throw error;
    throw await inUse(folder, ownerFile);
  }
  await writeFile(ownerFile, JSON.stringify({ pid: process.pid, host: hostname() }));
  return { release: () => release(connection, ownerFile) };
}

async function release(connection: Sqlite.Database, ownerFile: string): Promise<void> {
  await rm(ownerFile, { force: true });
  connection.close();
}

async function inUse(folder: string, ownerFile: string): Promise<Failure> {
  const owner = await readFile(ownerFile, 'utf8')
    .then((text) => ownerSchema.parse(JSON.parse(text)))
    .catch(() => undefined);
  const where = owner && owner.host !== hostname() ? ` on ${owner.host}` : '';
  const who = owner ? ` (process ${owner.pid}${where})` : '';
  return new Failure(
    'project-in-use',
    `Another Normscope${who} has this project open. Wait until it has finished, or close it.`,
    folder,
  );
}
