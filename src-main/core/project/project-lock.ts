// One owner per project. The lock is an exclusive transaction on a small separate database: the operating
// system releases it when the owner's process ends, also when it is killed.

import { readFile, rm, truncate } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import { sweepTemporary, writeWhole } from '#files/whole-file.ts';
import { asFailure } from '../store/failures.ts';
import { errorCode, openSqlite, type Connection } from '../store/sqlite.ts';

export interface ProjectLock {
  /** Publishes the address of the owner's control socket (see core/project/control-socket.ts). */
  readonly announce: (controlSocket: string) => Promise<void>;
  readonly release: () => Promise<void>;
}

/**
 * Read by other processes; the lock itself does not depend on it. Earlier versions wrote
 * the address as `door`, which is ignored: a project open in such a version is reported as in use.
 */
const ownerSchema = z.object({
  pid: z.int(),
  host: z.string(),
  controlSocket: z.string().optional(),
});
export type Owner = z.infer<typeof ownerSchema>;

/** Throws `project-in-use`, naming the owner's process, when another process holds the project. */
export async function lockProject(folder: string): Promise<ProjectLock> {
  const connection = await hold(folder);
  const owner: Owner = { pid: process.pid, host: hostname() };
  try {
    await sweepTemporary(folder);
    await writeOwner(folder, owner);
  } catch (error) {
    connection.close();
    throw asFailure(error, ownerFile(folder));
  }
  return {
    announce: (controlSocket) => writeOwner(folder, { ...owner, controlSocket }),
    release: () => release(connection, folder),
  };
}

async function hold(folder: string): Promise<Connection> {
  const path = join(folder, 'project.lock');
  let connection: Connection | undefined;
  try {
    connection = await openSqlite(path, { timeout: 0 });
    // Nothing is ever written into it, so it needs no journal file.
    connection.pragma('journal_mode = memory');
    connection.exec('begin exclusive');
    return connection;
  } catch (error) {
    connection?.close();
    switch (errorCode(error)) {
      case 'SQLITE_BUSY':
        // Also what a drive without locks says, to everyone.
        throw (await hasLocks(folder)) ? await inUse(folder) : noLocks(folder, error);
      case 'SQLITE_NOTADB':
        // Another program wrote into the file, and no process holds it. An intact lock file is empty.
        await truncate(path);
        return hold(folder);
      case 'SQLITE_IOERR':
      case 'SQLITE_PERM':
      case 'SQLITE_PROTOCOL':
        throw (await hasLocks(folder)) ? asFailure(error, path) : noLocks(folder, error);
      default:
        throw asFailure(error, path);
    }
  }
}

/** Whether a file that no other process knows can be locked in the folder; swept when this process is killed. */
async function hasLocks(folder: string): Promise<boolean> {
  const path = join(folder, `.lock-test.${process.pid}.tmp`);
  let connection: Connection | undefined;
  try {
    connection = await openSqlite(path, { timeout: 0 });
    connection.pragma('journal_mode = memory');
    connection.exec('begin exclusive');
    return true;
  } catch {
    return false;
  } finally {
    connection?.close();
    await rm(path, { force: true });
  }
}

function noLocks(folder: string, cause: unknown): Failure {
  return new Failure(
    'bad-input',
    `The drive that holds ${folder} has no file locks, so two programs could write into the project at once. ` +
      'Put the project on a drive of this computer (the images may stay where they are), or have the locks of the ' +
      'share switched on: NFS without "nolock", SMB without "nobrl".',
    folder,
    { cause },
  );
}

/** What the owner's file says, also that of a killed owner; undefined without a readable file. */
export async function readOwner(folder: string): Promise<Owner | undefined> {
  return await readFile(ownerFile(folder), 'utf8')
    .then((text) => ownerSchema.parse(JSON.parse(text)))
    .catch(() => undefined);
}

/** Written whole or not at all, so that no process reads half an address. */
async function writeOwner(folder: string, owner: Owner): Promise<void> {
  await writeWhole(ownerFile(folder), [JSON.stringify(owner)], { flush: false });
}

function ownerFile(folder: string): string {
  return join(folder, 'project.owner');
}

async function release(connection: Connection, folder: string): Promise<void> {
  await rm(ownerFile(folder), { force: true });
  connection.close();
}

async function inUse(folder: string): Promise<Failure> {
  const owner = await readOwner(folder);
  const where = owner && owner.host !== hostname() ? ` on ${owner.host}` : '';
  const who = owner ? ` (process ${owner.pid}${where})` : '';
  return new Failure(
    'project-in-use',
    `Another Normscope${who} has this project open. Wait until it has finished, or close it.`,
    folder,
  );
}
