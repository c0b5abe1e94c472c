// Brings a catalogue to the newest version: each migration in a transaction of its own, together
// with the new version number.

import type Sqlite from 'better-sqlite3';
import type { Migration } from './migrations/migrations.ts';

/** The version that a program with these migrations reads and writes. */
export function newestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

export function versionOf(connection: Sqlite.Database): number {
  return connection.pragma('user_version', { simple: true }) as number;
}

/** Throws what a failing migration throws; the file then has the version before it. */
export function migrate(connection: Sqlite.Database, migrations: readonly Migration[]): void {
  demandIncreasing(migrations);
  for (const { version, sql } of migrations) {
    if (version <= versionOf(connection)) continue;
    connection
      .transaction(() => {
        connection.exec(sql);
        connection.pragma(`user_version = ${version}`);
      })
      .exclusive();
  }
}

function demandIncreasing(migrations: readonly Migration[]): void {
  migrations.forEach(({ version }, index) => {
    const before = migrations[index - 1]?.version ?? 0;
    if (!Number.isInteger(version) || version <= before) {
      throw new Error(`Migration ${version} comes after ${before}.`);
    }
  });
}
