// Loads SQLite after checking that this Node is new enough: an older one crashes.

import type Sqlite from 'better-sqlite3';
import { Failure } from '#domain/failure.ts';

export type Connection = Sqlite.Database;

/** SQLite's binding needs Node-API 10. */
const needed = { major: 22, minor: 14 } as const;

/** Throws `bad-input` when `version` (as in process.versions.node) is too old. */
export function assertNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > needed.major || (major === needed.major && minor >= needed.minor)) return;
  throw new Failure(
    'bad-input',
    `Normscope needs Node.js ${needed.major}.${needed.minor} or newer, and this is ${version}. ` +
      'Start it with "npm run normscope", which uses the Node.js that comes with it.',
  );
}

/** Returns a function that opens connections synchronously. Throws `bad-input` when this Node is too old. */
export async function loadSqlite(): Promise<typeof Sqlite> {
  assertNode(process.versions.node);
  const { default: Database } = await import('better-sqlite3');
  return Database;
}

/** Opens a file with SQLite. Throws what SQLite throws. */
export async function openSqlite(path: string, options: Sqlite.Options = {}): Promise<Connection> {
  const Database = await loadSqlite();
  return new Database(path, options);
}

/** The kind of an error of SQLite or of the file system, such as SQLITE_BUSY or EACCES. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') {
    return undefined;
  }
  // Extended codes such as SQLITE_READONLY_DIRECTORY are shortened to their main code.
  return /^SQLITE_[A-Z]+/.exec(error.code)?.[0] ?? error.code;
}
