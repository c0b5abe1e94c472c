// Migrates a catalogue to the newest version: each migration runs in a separate transaction, together with
// the new version number.

import type Sqlite from 'better-sqlite3';
import { damaged } from './failures.ts';
import type { Migration } from './migrations/migrations.ts';

/** The version that a program with these migrations reads and writes. */
export function newestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

export function versionOf(connection: Sqlite.Database): number {
  return connection.pragma('user_version', { simple: true }) as number;
}

/**
 * Throws what a failing migration throws, and `project-damaged` when a row refers to one that does not
 * exist; the file then keeps the version before it.
 */
export function migrate(connection: Sqlite.Database, migrations: readonly Migration[]): void {
  assertIncreasing(migrations);
  // A table that is recreated is dropped, and with foreign keys on, the rows that refer to it as well. They
  // can be switched outside a transaction only; each migration is checked before it is kept.
  const areOn = connection.pragma('foreign_keys', { simple: true }) === 1;
  connection.pragma('foreign_keys = off');
  try {
    for (const { version, sql } of migrations) {
      if (version <= versionOf(connection)) continue;
      connection
        .transaction(() => {
          connection.exec(sql);
          assertReferences(connection);
          connection.pragma(`user_version = ${version}`);
        })
        .exclusive();
    }
  } finally {
    if (areOn) connection.pragma('foreign_keys = on');
  }
}

function assertReferences(connection: Sqlite.Database): void {
  const [first] = connection.pragma('foreign_key_check') as { table: string; parent: string }[];
  if (first === undefined) return;
  throw damaged(
    connection.name,
    `rows of its table "${first.table}" refer to rows of "${first.parent}" that are not there`,
  );
}

function assertIncreasing(migrations: readonly Migration[]): void {
  migrations.forEach(({ version }, index) => {
    const before = migrations[index - 1]?.version ?? 0;
    if (!Number.isInteger(version) || version <= before) {
      throw new Error(`Migration ${version} comes after ${before}.`);
    }
  });
}
