// The project's one connection to its catalogue: reads, and writes in transactions.

import type Sqlite from 'better-sqlite3';
import type { Failure } from '#domain/failure.ts';
import { asFailure } from './failures.ts';

/** SQL text with the type of its rows. */
export type Query<Row> = string & { readonly row?: Row };

/** Values that can be bound to a statement. */
export type Value = string | number | null;

export interface Reader {
  all<Row>(query: Query<Row>, ...values: readonly Value[]): Row[];
  get<Row>(query: Query<Row>, ...values: readonly Value[]): Row | undefined;
}

/** Only `transact` gives one, so its holder is inside a transaction. */
export interface Writer extends Reader {
  /** Returns how many rows changed, and the id of a row just inserted. */
  run(sql: string, ...values: readonly Value[]): { readonly changes: number; readonly id: number };
  /** Runs `listener` after the commit; never after a rollback. */
  afterCommit(listener: () => void): void;
}

/** Statements that take longer are logged, milliseconds. */
const slowMs = 50;

export class ProjectDatabase {
  #connection: Sqlite.Database;
  readonly #onSlow: (sql: string, ms: number) => void;
  readonly #statements = new Map<string, Sqlite.Statement>();
  readonly #reader: Reader;
  #refusal: Failure | undefined;

  constructor(connection: Sqlite.Database, onSlow: (sql: string, ms: number) => void) {
    this.#connection = connection;
    this.#onSlow = onSlow;
    this.#reader = { all: this.#all.bind(this), get: this.#get.bind(this) };
  }

  read<Result>(work: (reader: Reader) => Result): Result {
    return work(this.#reader);
  }

  /**
   * Runs `work` in one transaction: all of it is on the disk when this returns, or nothing. Errors of
   * `work` are rethrown. Throws the reason of `refuseWrites`, `disk-full`, `project-in-use` when another
   * program is writing, `project-damaged`, and an Error inside another transaction.
   */
  transact<Result>(work: (writer: Writer) => Result): Result {
    if (this.#connection.inTransaction) throw new Error('A transaction inside a transaction.');
    if (this.#refusal) throw this.#refusal;
    const listeners: (() => void)[] = [];
    let isOver = false;
    const writer: Writer = {
      ...this.#reader,
      run: (sql, ...values) => {
        if (isOver) throw new Error('The transaction of this writer is over.');
        return this.#run(sql, values);
      },
      afterCommit: (listener) => void listeners.push(listener),
    };
    let result: Result;
    try {
      result = this.#connection.transaction(() => work(writer)).immediate();
    } catch (error) {
      throw asFailure(error, this.#connection.name);
    } finally {
      isOver = true;
    }
    for (const listener of listeners) listener();
    return result;
  }

  /**
   * Until the function returned is called, nothing is written and `transact` throws `reason`. Throws the
   * earlier reason while there is one.
   */
  refuseWrites(reason: Failure): () => void {
    if (this.#refusal) throw this.#refusal;
    this.#refusal = reason;
    return () => (this.#refusal = undefined);
  }

  /** Switches to another connection, to another catalogue; the one before must have been closed. */
  reopen(connection: Sqlite.Database): void {
    this.#connection = connection;
    this.#statements.clear();
  }

  /** Moves everything into the one file, so that copying it copies all, and closes it. */
  close(): void {
    if (!this.#connection.open) return;
    try {
      this.#connection.pragma('wal_checkpoint(truncate)');
    } catch (error) {
      throw asFailure(error, this.#connection.name);
    } finally {
      this.#connection.close();
    }
  }

  #all<Row>(query: Query<Row>, ...values: readonly Value[]): Row[] {
    return this.#timed(query, () => this.#prepare(query).all(...values.map(bound)) as Row[]);
  }

  #get<Row>(query: Query<Row>, ...values: readonly Value[]): Row | undefined {
    return this.#timed(
      query,
      () => this.#prepare(query).get(...values.map(bound)) as Row | undefined,
    );
  }

  #run(sql: string, values: readonly Value[]): { changes: number; id: number } {
    const done = this.#timed(sql, () => this.#prepare(sql).run(...values.map(bound)));
    return { changes: done.changes, id: Number(done.lastInsertRowid) };
  }

  #prepare(sql: string): Sqlite.Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #timed<Result>(sql: string, work: () => Result): Result {
    const start = performance.now();
    try {
      return work();
    } catch (error) {
      throw asFailure(error, this.#connection.name);
    } finally {
      const ms = performance.now() - start;
      if (ms > slowMs) this.#onSlow(sql, ms);
    }
  }
}

/** A JavaScript number binds as a real, which a text column would store as "5.0"; integers do not. */
function bound(value: Value): string | number | bigint | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}
