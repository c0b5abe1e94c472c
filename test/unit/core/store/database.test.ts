// Reading and transactions: all or nothing, what follows a commit, and what gets in the way.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectDatabase, Query, Writer } from '#core/store/database.ts';
import { openDatabase, type OpenDatabase } from '#core/store/open-database.ts';
import { openSqlite } from '#core/store/sqlite.ts';
import { budget } from '../../../support/budget.ts';
import { startProcess } from '../../../support/child-process.ts';
import { noon, open } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const tempFolder = tempFolders();
const settings: Query<{ name: string; value: string }> =
  'select name, value from setting order by name';

let folder: string;
let opened: OpenDatabase;
let database: ProjectDatabase;
beforeEach(async () => {
  folder = tempFolder();
  opened = await open(folder);
  database = opened.database;
});
afterEach(() => opened.close());

function put(writer: Writer, name: string, value = 'x'): void {
  writer.run('insert into setting (name, value) values (?, ?)', name, value);
}

function names(): string[] {
  return database.read((reader) => reader.all(settings)).map(({ name }) => name);
}

describe('a transaction', () => {
  it('gives what its work gives, and is then seen by other connections', async () => {
    const result = database.transact((writer) => {
      put(writer, 'a');
      return writer.all(settings);
    });
    expect(result).toEqual([{ name: 'a', value: 'x' }]);
    const other = await openSqlite(join(folder, 'project.sqlite'), { readonly: true });
    expect(other.prepare(settings).all()).toEqual([{ name: 'a', value: 'x' }]);
    other.close();
  });

  it('leaves nothing behind when its work throws, and throws the same', () => {
    const error = new Error('changed my mind');
    expect(() =>
      database.transact((writer) => {
        put(writer, 'a');
        put(writer, 'b');
        throw error;
      }),
    ).toThrow(error);
    expect(names()).toEqual([]);
  });

  it('leaves nothing behind when a statement fails half-way', () => {
    expect(() =>
      database.transact((writer) => {
        put(writer, 'a');
        put(writer, 'a');
      }),
    ).toThrow(/UNIQUE constraint failed: setting.name/);
    expect(names()).toEqual([]);
  });

  it('may be tried again after it failed', () => {
    expect(() => database.transact(() => expect.fail('no'))).toThrow();
    database.transact((writer) => put(writer, 'a'));
    expect(names()).toEqual(['a']);
  });

  it('tells its listeners in order, once it has been written', () => {
    const told: string[] = [];
    database.transact((writer) => {
      writer.afterCommit(() => told.push(`first sees ${names().join()}`));
      writer.afterCommit(() => told.push('second'));
      put(writer, 'a');
      told.push('work');
    });
    expect(told).toEqual(['work', 'first sees a', 'second']);
  });

  it('tells nobody when it was undone', () => {
    const told: string[] = [];
    expect(() =>
      database.transact((writer) => {
        writer.afterCommit(() => told.push('never'));
        throw new Error('no');
      }),
    ).toThrow('no');
    database.transact((writer) => put(writer, 'a'));
    expect(told).toEqual([]);
  });

  it('lets a listener write', () => {
    database.transact((writer) => {
      writer.afterCommit(() => database.transact((next) => put(next, 'b')));
      put(writer, 'a');
    });
    expect(names()).toEqual(['a', 'b']);
  });

  it('refuses another one inside, and undoes both', () => {
    expect(() =>
      database.transact((writer) => {
        put(writer, 'a');
        database.transact((inner) => put(inner, 'b'));
      }),
    ).toThrow('A transaction inside a transaction.');
    expect(names()).toEqual([]);
  });

  it('cannot be written to once it is over', () => {
    let kept: Writer | undefined;
    database.transact((writer) => void (kept = writer));
    expect(() => put(kept!, 'late')).toThrow('The transaction of this writer is over.');
    expect(names()).toEqual([]);
  });

  it('refuses work that would go on after it', () => {
    expect(() =>
      database.transact(async (writer) => {
        put(writer, 'a');
        await Promise.resolve();
      }),
    ).toThrow(/promise/);
    expect(names()).toEqual([]);
  });
});

describe('values', () => {
  it('come back as they were written, whole numbers in any column', () => {
    const item =
      'insert into job (id, kind, spec, state, done, created_at) values (?, ?, ?, ?, ?, ?)';
    const largest = Number.MAX_SAFE_INTEGER;
    database.transact((writer) => {
      expect(writer.run(item, 7, 'train', 'Ω "quoted" \n 細', 'queued', largest, noon)).toEqual({
        changes: 1,
        id: 7,
      });
      expect(writer.run('update job set note = 3 where id = 8')).toMatchObject({ changes: 0 });
    });
    const columns = 'spec, done, total, note';
    expect(database.read((reader) => reader.get(`select ${columns} from job`))).toEqual({
      ...{ spec: 'Ω "quoted" \n 細', done: largest, total: null, note: null },
    });
  });

  it('of the wrong kind are refused: columns are strict', () => {
    const half = `insert into job (kind, spec, state, done, created_at) values ('train', '', 'queued', ?, '')`;
    expect(() => database.transact((writer) => writer.run(half, 0.5))).toThrow(/cannot store REAL/);
    expect(() => database.transact((writer) => writer.run(half, 'many'))).toThrow(
      /cannot store TEXT/,
    );
  });

  it('that name rows which are not there are refused', () => {
    expect(() =>
      database.transact((writer) =>
        writer.run(`insert into image_file (image_id, path, modified_ms) values (99, '/a', 0)`),
      ),
    ).toThrow(/FOREIGN KEY/);
  });
});

describe('a full disk', () => {
  it('is said in words; what was there stays, and work goes on once there is room', () => {
    const pages = database.read((reader) =>
      reader.get<{ page_count: number }>('pragma page_count'),
    );
    const limit = (count: number) =>
      database.read((reader) => reader.get(`pragma max_page_count = ${count}`));
    database.transact((writer) => put(writer, 'a'));
    limit(pages!.page_count + 4);
    expect(() =>
      database.transact((writer) => {
        put(writer, 'small');
        put(writer, 'large', 'x'.repeat(100_000));
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'disk-full',
        path: join(folder, 'project.sqlite'),
        message: expect.stringMatching(
          /^The disk is full: .*project.sqlite cannot be written. Free some space/,
        ) as string,
      }),
    );
    expect(names()).toEqual(['a']);
    limit(1_000_000);
    database.transact((writer) => put(writer, 'large', 'x'.repeat(100_000)));
    expect(names()).toEqual(['a', 'large']);
  });
});

describe('another program', () => {
  it('that is writing is waited for a moment, then named; its end lets work go on', async () => {
    const other = startProcess(new URL('./holding-process.ts', import.meta.url), [folder]);
    expect(await other.line()).toBe('holding');
    expect(names()).toEqual([]);
    await budget('store: refusal of a write while another program writes', () => {
      const start = performance.now();
      expect(() => database.transact((writer) => put(writer, 'a'))).toThrow(
        expect.objectContaining({
          code: 'project-in-use',
          message: expect.stringMatching(/^Another program holds the catalogue/) as string,
        }),
      );
      // Left alone, SQLite's binding waits for five seconds.
      return performance.now() - start;
    });
    await other.kill();
    database.transact((writer) => put(writer, 'a'));
    expect(names()).toEqual(['a']);
  });
});

describe('statements', () => {
  it('that are slow are reported, others are not', async () => {
    const slow: [string, number][] = [];
    const watched = await openDatabase({
      folder: tempFolder(),
      now: () => new Date(noon),
      onSlow: (sql, ms) => slow.push([sql, ms]),
    });
    const count = (rows: number) =>
      `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${rows})
       select count(*) from n`;
    watched.database.read((reader) => reader.get(count(10)));
    watched.database.read((reader) => reader.get(count(3_000_000)));
    expect(slow).toEqual([[count(3_000_000), expect.any(Number) as number]]);
    expect(slow[0]![1]).toBeGreaterThan(50);
    await watched.close();
  });

  it('find nothing as undefined, and no rows as an empty list', () => {
    expect(database.read((reader) => reader.get(settings))).toBeUndefined();
    expect(database.read((reader) => reader.all(settings))).toEqual([]);
  });
});

describe('closing', () => {
  it('moves the write-ahead log into the file and removes it', async () => {
    database.transact((writer) => put(writer, 'a', 'x'.repeat(50_000)));
    const log = join(folder, 'project.sqlite-wal');
    expect(statSync(log).size).toBeGreaterThan(50_000);
    await opened.close();
    expect(existsSync(log)).toBe(false);
    expect(statSync(join(folder, 'project.sqlite')).size).toBeGreaterThan(50_000);
  });
});
