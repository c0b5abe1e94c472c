// Opens a project's catalogue: refuses newer, damaged and foreign files before anything is written, copies
// the catalogue before a migration, and sets SQLite's safety options.

import type Sqlite from 'better-sqlite3';
import { copyFileSync, existsSync, renameSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { backUp, newestBackupTime } from './backups.ts';
import {
  applicationId,
  busyMs,
  checkCatalogue,
  harden,
  holdAlone,
  needsMemory,
} from './check-catalogue.ts';
import { ProjectDatabase } from './database.ts';
import { asFailure } from './failures.ts';
import { migrate, newestVersion, versionOf } from './migrate.ts';
import { migrations as allMigrations, type Migration } from './migrations/migrations.ts';
import { seal, unseal } from './seal.ts';
import { loadSqlite } from './sqlite.ts';

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
   * returns the path of that copy. Until then reading continues and writing throws `bad-input`; the
   * catalogues are exchanged between two requests, and `onRestored` is called before the next one.
   * Throws `project-damaged` and `project-too-new`, and leaves everything as it was.
   */
  readonly restore: (backup: string, onRestored: () => void) => Promise<string>;
  /**
   * Copies the catalogue if the newest copy is older than a day, closes and seals it. When it throws
   * (`disk-full`, for instance), the catalogue is closed all the same and nothing written is lost.
   */
  readonly close: () => Promise<void>;
}

/**
 * Opens `project.sqlite` in the project's folder, or creates it; the caller holds the project's lock.
 * Throws `project-too-new` and `project-damaged`, with the remedy, leaving the file as it was.
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { folder, now, migrations = allMigrations } = options;
  const path = join(folder, 'project.sqlite');
  const backups = join(folder, 'backups');
  const Connection = await loadSqlite();
  let connection: Sqlite.Database | undefined;
  try {
    if (existsSync(path)) await checkCatalogue(path, migrations);
    await unseal(path);
    connection = connect(Connection, path);
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
  return new OpenedDatabase({ ...options, migrations, path, backups, Connection }, connection);
}

class OpenedDatabase implements OpenDatabase {
  readonly database: ProjectDatabase;
  readonly #at: Place;
  #ready: Sqlite.Database;
  /** Copying, restoring and closing wait for one another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(at: Place, connection: Sqlite.Database) {
    this.#at = at;
    this.#ready = connection;
    this.database = new ProjectDatabase(connection, at.onSlow);
  }

  readonly backUp = (): Promise<string> => this.#inTurn(() => this.#backUpNow());

  readonly restore = async (backup: string, onRestored: () => void): Promise<string> => {
    // Immediately: later writes would be in neither of the two catalogues.
    const allowWrites = this.database.refuseWrites(
      new Failure(
        'bad-input',
        'An earlier copy of the catalogue is being restored. Try again when that is done.',
      ),
    );
    return await this.#inTurn(async () => {
      const incoming = `${this.#at.path}.restoring`;
      try {
        // First, because the copy made below may remove this one.
        await copyFile(backup, incoming);
        await this.#prepare(incoming);
        const saved = await this.#backUpNow();
        this.#replaceBy(incoming, saved);
        allowWrites();
        onRestored();
        return saved;
      } finally {
        allowWrites();
        await rm(incoming, { force: true });
      }
    });
  };

  readonly close = (): Promise<void> =>
    this.#inTurn(async () => {
      if (!this.#ready.open) return;
      const { path, backups, now } = this.#at;
      try {
        if (now().getTime() - newestBackupTime(backups) > dayMs) await this.#backUpNow();
      } finally {
        this.database.close();
      }
      await seal(path);
    });

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      throw asFailure(error, this.#at.path);
    }
  }

  #backUpNow(): Promise<string> {
    const { backups, migrations, now } = this.#at;
    return backUp(this.#ready, backups, newestVersion(migrations), now());
  }

  /** Checks a catalogue that is to be restored, and brings it to this version and past our ids. */
  async #prepare(incoming: string): Promise<void> {
    const { migrations, Connection } = this.#at;
    await checkCatalogue(incoming, migrations);
    const restored = new Connection(incoming);
    try {
      if (versionOf(restored) < newestVersion(migrations)) migrate(restored, migrations);
      passOnIds(this.#ready, restored);
    } finally {
      restored.close();
    }
  }

  /** Synchronous, so that no request finds the catalogue closed. `saved` is a copy of the current one. */
  #replaceBy(incoming: string, saved: string): void {
    const { path, Connection } = this.#at;
    try {
      this.database.close();
      renameSync(incoming, path);
    } finally {
      try {
        this.#ready = connect(Connection, path);
      } catch (error) {
        // It was checked before, but the disk may still fail now.
        copyFileSync(saved, path);
        this.#ready = connect(Connection, path);
        this.database.reopen(this.#ready);
        throw error;
      }
      this.database.reopen(this.#ready);
    }
  }
}

interface Place extends DatabaseOptions {
  readonly path: string;
  readonly backups: string;
  readonly migrations: readonly Migration[];
  readonly Connection: typeof Sqlite;
}

function connect(Connection: typeof Sqlite, path: string): Sqlite.Database {
  let connection = new Connection(path, { timeout: busyMs });
  harden(connection);
  if (!writesAhead(connection)) {
    connection.close();
    connection = new Connection(path, { timeout: busyMs });
    holdAlone(connection);
    harden(connection);
    connection.pragma('journal_mode = delete');
  }
  connection.pragma('synchronous = full');
  connection.pragma('foreign_keys = on');
  return connection;
}

/** Write-ahead logging needs shared memory, which network drives do not have. */
function writesAhead(connection: Sqlite.Database): boolean {
  try {
    const mode = connection.pragma('journal_mode = wal', { simple: true });
    connection.prepare('select count(*) from sqlite_schema').get();
    return mode === 'wal';
  } catch (error) {
    if (needsMemory(error)) return false;
    connection.close();
    throw error;
  }
}

/** Ids that `from` has ever given, also to deleted rows, are not given again in `to`. */
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
