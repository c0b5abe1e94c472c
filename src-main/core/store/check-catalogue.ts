// Checks that a file is an intact Normscope catalogue of a known version, before anything is written to it.

import type Sqlite from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';
import { damaged } from './failures.ts';
import { newestVersion, versionOf } from './migrate.ts';
import type { Migration } from './migrations/migrations.ts';
import { isSealed } from './seal.ts';
import { errorCode, openSqlite } from './sqlite.ts';

/** Marks a file as a Normscope catalogue: "NScp". */
export const applicationId = 0x4e536370;

/** Another program (a viewer, a backup) may hold the file for a moment, milliseconds. */
export const busyMs = 250;

/** A project may come from an untrusted source: its schema may only define tables. */
export function harden(connection: Sqlite.Database): void {
  connection.pragma('trusted_schema = off');
  connection.pragma('cell_size_check = on');
}

/** Whether an error may come from a drive without shared memory. */
export function needsMemory(error: unknown): boolean {
  return ['SQLITE_IOERR', 'SQLITE_CANTOPEN', 'SQLITE_PROTOCOL'].includes(errorCode(error) ?? '');
}

/** The first access locks the file until the connection is closed; no shared memory is needed then. */
export function holdAlone(connection: Sqlite.Database): void {
  connection.pragma('locking_mode = exclusive');
}

/** Throws unless the file is an intact catalogue of this or an earlier version; writes nothing to it. */
export async function checkCatalogue(
  path: string,
  migrations: readonly Migration[],
): Promise<void> {
  const sealed = await isSealed(path);
  await checkHeader(path, migrations);
  // After a crash right after creation there is a journal, which only a writer may roll back.
  const readonly = !existsSync(`${path}-journal`);
  let connection: Sqlite.Database | undefined;
  try {
    connection = await openToCheck(path, readonly);
    checkContents(connection, path, migrations);
    // Slow in a large catalogue, and needed after a crash only.
    const verdict = sealed ? 'ok' : connection.pragma('integrity_check(1)', { simple: true });
    if (verdict !== 'ok') throw damaged(path, `its contents are damaged (${String(verdict)})`);
  } finally {
    connection?.close();
  }
}

/** In write-ahead mode on a drive without shared memory it is opened for writing, by this process alone. */
async function openToCheck(path: string, readonly: boolean): Promise<Sqlite.Database> {
  const connection = await openSqlite(path, { timeout: busyMs, readonly });
  try {
    harden(connection);
    versionOf(connection);
    return connection;
  } catch (error) {
    connection.close();
    if (!needsMemory(error)) throw error;
  }
  const alone = await openSqlite(path, { timeout: busyMs });
  holdAlone(alone);
  harden(alone);
  return alone;
}

/** Checks the first bytes, without opening the file as a database. */
async function checkHeader(path: string, migrations: readonly Migration[]): Promise<void> {
  const file = await open(path, 'r');
  try {
    const header = Buffer.alloc(100);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    // SQLite leaves an empty file when a process ends before the first transaction.
    if (bytesRead === 0) return;
    if (bytesRead < header.length || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
      throw damaged(path, 'it is not a SQLite database');
    }
    assertKnownVersion(header.readUInt32BE(60), path, migrations);
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
  assertKnownVersion(version, path, migrations);
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
  // A table without pages is a virtual one: code, not rows.
  if (objects.some(({ type, rootpage }) => !/^(table|index)$/.test(type) || rootpage === 0)) {
    throw damaged(path, 'it holds views, triggers or virtual tables, which Normscope never writes');
  }
}

function assertKnownVersion(version: number, path: string, migrations: readonly Migration[]): void {
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
