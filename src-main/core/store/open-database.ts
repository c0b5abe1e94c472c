// Opens a project's catalogue: refuses what is newer, damaged or not ours before anything is
// written, copies it before a migration, and sets SQLite up for safety first.

import type Sqlite from 'better-sqlite3';
import { existsSync, renameSync } from 'node:fs';
import { copyFile, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { backUp, newestBackupTime } from './backups.ts';
import { ProjectDatabase } from './database.ts';
import { asFailure, damaged } from './failures.ts';
import { migrate, newestVersion, versionOf } from './migrate.ts';
import { migrations as allMigrations, type Migration } from './migrations/migrations.ts';
import { isSealed, seal, unseal } from './seal.ts';
import { openSqlite } from './sqlite.ts';

/** Marks a file as a Normscope catalogue: "NScp". */
const applicationId = 0x4e536370;

/** Another program (a viewer, a backup) may hold the file for a moment, milliseconds. */
const busyMs = 250;

const dayMs = 24 * 60 * 60 * 1000;

export interface DatabaseOptions {
  readonly folder: string;
  readonly onSlow: (sql: string, ms: number) => void;
  readonly now: () => Date;
  readonly migrations?: readonly Migration[];
}

export interface OpenDatabase {
  readonly database: ProjectDatabase;
  /** Copies the catalogue as it is now; returns the copy's path. */
  readonly backUp: () => Promise<string>;
  /**
   * Puts the copy at `backup` in the catalogue's place, after copying the catalogue as it is now;
   * returns the path of that copy. Throws `project-damaged` and `project-too-new`, and leaves
   * everything as it was.
   */
  readonly restore: (backup: string) => Promise<string>;
  /**
   * Copies the catalogue if the newest copy is older than a day, closes and seals it. When it throws
   * (`disk-full`, for instance), the catalogue is closed all the same and nothing written is lost.
   */
  readonly close: () => Promise<void>;
}

/**
 * Opens `project.sqlite` in the project's folder, or makes it; the caller holds the project's lock.
 * Throws `project-too-new` and `project-damaged`, with the way out, leaving the file as it was.
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { folder, onSlow, now, migrations = allMigrations } = options;
  const path = join(folder, 'project.sqlite');
  const backups = join(folder, 'backups');
  let connection: Sqlite.Database | undefined;
  try {
    if (existsSync(path)) await check(path, migrations);
    await unseal(path);
    connection = await connect(path);
    const version = versionOf(connection);
    if (version < newestVersion(migrations)) {
      if (version > 0) await backUp(connection, backups, version, now());
      connection.pragma(`application_id = ${applicationId}`);
      migrate(connection, migrations);
      // The version in the file's own first page lets an older program refuse it unopened.
      connection.pragma('wal_checkpoint(truncate)');
    }
  } catch (error) {
    connection?.close();
    throw asFailure(error, path);
  }
  let ready = connection;
  const database = new ProjectDatabase(ready, onSlow);
  const backUpNow = () => backUp(ready, backups, newestVersion(migrations), now());
  return {
    database,
    backUp: async () => {
      try {
        return await backUpNow();
      } catch (error) {
        throw asFailure(error, path);
      }
    },
    restore: async (backup) => {
      const incoming = `${path}.restoring`;
      try {
        // First of all: the copy made below may push this one out.
        await copyFile(backup, incoming);
        await check(incoming, migrations);
        const restored = await openSqlite(incoming);
        try {
          if (versionOf(restored) < newestVersion(migrations)) migrate(restored, migrations);
          passOnIds(ready, restored);
        } finally {
          restored.close();
        }
        const saved = await backUpNow();
        database.close();
        try {
          renameSync(incoming, path);
        } finally {
          ready = await connect(path);
          database.reopen(ready);
        }
        return saved;
      } catch (error) {
        throw asFailure(error, path);
      } finally {
        await rm(incoming, { force: true });
      }
    },
    close: async () => {
      if (!ready.open) return;
      try {
        try {
          if (now().getTime() - newestBackupTime(backups) > dayMs) {
            await backUp(ready, backups, newestVersion(migrations), now());
          }
        } finally {
          database.close();
        }
        await seal(path);
      } catch (error) {
        throw asFailure(error, path);
      }
    },
  };
}

async function connect(path: string): Promise<Sqlite.Database> {
  const connection = await openSqlite(path, { timeout: busyMs });
  harden(connection);
  connection.pragma('journal_mode = wal');
  connection.pragma('synchronous = full');
  connection.pragma('foreign_keys = on');
  return connection;
}

/** What `from` has given an id to, also to rows that are gone, gets no id in `to` that is the same. */
function passOnIds(from: Sqlite.Database, to: Sqlite.Database): void {
  const given = from.prepare('select name, seq from sqlite_sequence').all() as {
    name: string;
    seq: number;
  }[];
  const known = to.prepare('select 1 from sqlite_sequence where name = ?');
  const raise = to.prepare('update sqlite_sequence set seq = max(seq, ?) where name = ?');
  const begin = to.prepare('insert into sqlite_sequence (seq, name) values (?, ?)');
  to.transaction(() => {
    for (const { name, seq } of given) (known.get(name) ? raise : begin).run(seq, name);
  })();
}

/** A project may come from a stranger: nothing in its schema may reach beyond its tables. */
function harden(connection: Sqlite.Database): void {
  connection.pragma('trusted_schema = off');
  connection.pragma('cell_size_check = on');
}

/** Throws unless the file is a sound catalogue of this version or before; writes nothing to it. */
async function check(path: string, migrations: readonly Migration[]): Promise<void> {
  const sealed = await isSealed(path);
  await checkHeader(path, migrations);
  // After a crash in the very first moment there is a journal, which only a writer may undo.
  const readonly = !existsSync(`${path}-journal`);
  let connection: Sqlite.Database | undefined;
  try {
    connection = await openSqlite(path, { timeout: busyMs, readonly });
    harden(connection);
    checkContents(connection, path, migrations);
    // Slow in a large catalogue, and needed after a crash only.
    const verdict = sealed ? 'ok' : connection.pragma('integrity_check(1)', { simple: true });
    if (verdict !== 'ok') throw damaged(path, `its contents are damaged (${String(verdict)})`);
  } finally {
    connection?.close();
  }
}

/** What can be known from the first bytes, without opening the file as a database. */
async function checkHeader(path: string, migrations: readonly Migration[]): Promise<void> {
  const file = await open(path, 'r');
  try {
    const header = Buffer.alloc(100);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    // SQLite leaves an empty file when a process ends before the first transaction.
    if (bytesRead === 0) return;
    if (bytesRead < header.length || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
      throw damaged(path, 'it is no SQLite database');
    }
    demandKnownVersion(header.readUInt32BE(60), path, migrations);
  } finally {
    await file.close();
  }
}

function checkContents(
  connection: Sqlite.Database,
  path: string,
  migrations: readonly Migration[],
): void {
  const version = versionOf(connection);
  demandKnownVersion(version, path, migrations);
  const id = connection.pragma('application_id', { simple: true });
  const objects = connection.prepare('select type, rootpage from sqlite_schema').all() as {
    type: string;
    rootpage: number;
  }[];
  if (id !== applicationId && (id !== 0 || objects.length > 0)) {
    throw damaged(path, 'it was not written by Normscope');
  }
  if (objects.length > 0 !== version > 0) {
    throw damaged(path, 'its tables are not those of its version');
  }
  // A table without pages of its own is a virtual one: code, not rows.
  if (objects.some(({ type, rootpage }) => !/^(table|index)$/.test(type) || rootpage === 0)) {
    throw damaged(path, 'it holds views, triggers or virtual tables, which Normscope never writes');
  }
}

function demandKnownVersion(version: number, path: string, migrations: readonly Migration[]): void {
  const newest = newestVersion(migrations);
  if (version > newest) {
    throw new Failure(
      'project-too-new',
      `This project was written by a newer Normscope (version ${version} of the catalogue; this ` +
        `program knows up to ${newest}). It was left as it is. Install the newer Normscope to open it.`,
      path,
    );
  }
  if (version !== 0 && !migrations.some((migration) => migration.version === version)) {
    throw damaged(path, `no Normscope ever wrote its version ${version}`);
  }
}
