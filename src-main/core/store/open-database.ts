// Opens a project's catalogue: refuses what is newer, damaged or not ours before anything is
// written, copies it before a migration, and sets SQLite up for safety first.

import type Sqlite from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { backUp, listBackups, newestBackupTime } from './backups.ts';
import { ProjectDatabase } from './database.ts';
import { migrate, newestVersion, versionOf } from './migrate.ts';
import { migrations as allMigrations, type Migration } from './migrations/migrations.ts';
import { diskFull, openSqlite, sqliteCode } from './sqlite.ts';

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
  /** Copies the catalogue if the newest copy is older than a day, and closes it. */
  readonly close: () => Promise<void>;
}

/**
 * Opens `project.sqlite` in the project's folder, or makes it. Throws `project-too-new` and
 * `project-damaged`, with the way out, leaving the file as it was.
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { folder, onSlow, now, migrations = allMigrations } = options;
  const path = join(folder, 'project.sqlite');
  const backups = join(folder, 'backups');
  const isNew = !existsSync(path);
  if (!isNew) await checkHeader(path, backups, migrations);
  let connection: Sqlite.Database | undefined;
  try {
    connection = await openSqlite(path, { timeout: busyMs });
    harden(connection);
    if (!isNew) checkContents(connection, path, backups, migrations);
    connection.pragma('journal_mode = wal');
    connection.pragma('synchronous = full');
    connection.pragma('foreign_keys = on');
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
    throw asFailure(error, path, backups);
  }
  const ready = connection;
  const database = new ProjectDatabase(ready, onSlow);
  return {
    database,
    close: async () => {
      if (ready.open && now().getTime() - newestBackupTime(backups) > dayMs) {
        await backUp(ready, backups, newestVersion(migrations), now());
      }
      database.close();
    },
  };
}

/** A project may come from a stranger: nothing in its schema may reach beyond its tables. */
function harden(connection: Sqlite.Database): void {
  connection.pragma('trusted_schema = off');
  connection.pragma('cell_size_check = on');
}

/** What can be known from the first bytes, without opening the file as a database. */
async function checkHeader(
  path: string,
  backups: string,
  migrations: readonly Migration[],
): Promise<void> {
  const file = await open(path, 'r');
  try {
    const header = Buffer.alloc(100);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    // SQLite leaves an empty file when a process ends before the first transaction.
    if (bytesRead === 0) return;
    if (bytesRead < header.length || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
      throw damaged(path, backups, 'it is no SQLite database');
    }
    demandKnownVersion(header.readUInt32BE(60), path, migrations);
  } finally {
    await file.close();
  }
}

function checkContents(
  connection: Sqlite.Database,
  path: string,
  backups: string,
  migrations: readonly Migration[],
): void {
  const verdict = connection.pragma('quick_check(1)', { simple: true }) as string;
  if (verdict !== 'ok') throw damaged(path, backups, verdict);
  const version = versionOf(connection);
  demandKnownVersion(version, path, migrations);
  const id = connection.pragma('application_id', { simple: true });
  const objects = connection.prepare('select type from sqlite_schema').pluck().all() as string[];
  if (objects.length > 0 && id !== applicationId) {
    throw damaged(path, backups, 'it was not written by Normscope');
  }
  if (objects.some((type) => type !== 'table' && type !== 'index')) {
    throw damaged(path, backups, 'it holds views or triggers, which Normscope never writes');
  }
}

function demandKnownVersion(version: number, path: string, migrations: readonly Migration[]): void {
  const newest = newestVersion(migrations);
  if (version <= newest) return;
  throw new Failure(
    'project-too-new',
    `This project was written by a newer Normscope (version ${version} of the catalogue; this ` +
      `program knows up to ${newest}). It was left as it is. Install the newer Normscope to open it.`,
    path,
  );
}

function damaged(path: string, backups: string, what: string, cause?: unknown): Failure {
  const newest = listBackups(backups).at(-1);
  const wayOut =
    newest === undefined
      ? 'There is no earlier copy in the folder "backups". Restore the file from your own backup, ' +
        'or make a new project and import the images again; they were not touched.'
      : `To go back to the newest earlier copy, rename project.sqlite to project-damaged.sqlite, ` +
        `then copy ${join(backups, newest)} to ${path}.`;
  return new Failure(
    'project-damaged',
    `The catalogue of this project cannot be used: ${what}. It was left as it is. ${wayOut}`,
    path,
    { cause },
  );
}

function asFailure(error: unknown, path: string, backups: string): unknown {
  switch (sqliteCode(error)) {
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return damaged(path, backups, 'its contents are damaged', error);
    case 'SQLITE_FULL':
      return diskFull(path, error);
    case 'SQLITE_BUSY':
      return new Failure(
        'project-in-use',
        'Another program holds the catalogue of this project. Close it and try again.',
        path,
        { cause: error },
      );
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
      return new Failure(
        'bad-input',
        'The project cannot be written. Give yourself permission to write its folder, or copy it.',
        path,
        { cause: error },
      );
    default:
      return error;
  }
}
