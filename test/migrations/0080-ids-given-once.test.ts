// Version 80 of the catalogue, made from every earlier version, filled: rows, references and indices stay,
// old runs keep their folders, and no id is given a second time.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrate } from '#core/store/migrate.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import { findRun } from '#core/store/runs/runs.ts';
import { openSqlite } from '#core/store/sqlite.ts';
import { contents, fill, noon, open, withSqlite } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

const before = migrations.map(({ version }) => version).filter((version) => version < 80);
const to = (newest: number) => migrations.filter(({ version }) => version <= newest);

async function filled(version: number): Promise<string> {
  const folder = tempFolder();
  const old = await open(folder, { migrations: to(version) });
  fill(old.database, 20);
  if (version >= 30) {
    old.database.transact((writer) => {
      writer.run(
        `insert into edit (id, kind, words, run_id, restores, created_at) values
           (1, 'run', 'Delete run 1', 1, 0, ?), (2, 'run', 'Restore run 1', 1, 1, ?),
           (3, 'reviews', 'Judge normal: 1 image', null, 0, ?)`,
        ...[noon, noon, noon],
      );
      writer.run('update edit set parent = id - 1 where id > 1');
      writer.run(
        `insert into edit_move select id, 'do', id, id, created_at from edit union all
         select 4, 'undo', 3, 2, ?`,
        noon,
      );
      writer.run(
        `insert into review values (1, 1, 1, 'normal', 'mia', null, ?, 3, 'do', null),
           (2, 1, 1, 'cleared', 'mia', 'a note', ?, 3, 'undo', 1)`,
        ...[noon, noon],
      );
    });
  }
  await old.close();
  return folder;
}

describe.each(before)('a catalogue of version %i', (version) => {
  it('keeps every row, and its run the folder that it has', async () => {
    const folder = await filled(version);
    const path = join(folder, 'project.sqlite');
    const rows = await withSqlite(path, contents);
    // Later versions change tables again.
    await (await open(folder, { migrations: to(80) })).close();
    await withSqlite(path, (connection) => {
      expect(connection.pragma('foreign_key_check')).toEqual([]);
      expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
      const after = contents(connection);
      for (const [name, old] of Object.entries(rows)) {
        expect(after[name], name).toHaveLength(old.length);
        expect(new Set(after[name]!.map(words)), name).toEqual(
          new Set(old.map((row) => words(fit(row as object, after[name]![0] as object)))),
        );
      }
    });
    const { database, close } = await open(folder);
    expect(database.read((reader) => findRun(reader, 1))).toMatchObject({
      ...{ id: 1, folder: 'run-1', modelId: 1, snapshotId: 1 },
    });
    await close();
  });
});

/** As text, whatever the order of the columns. */
function words(row: unknown): string {
  return JSON.stringify(Object.entries(row as object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The old row with what newer versions have added, as every row of these catalogues has it. */
function fit(old: object, now: object): object {
  const kept = Object.entries(old).filter(([name]) => name in now);
  const added = Object.entries(now).filter(([name]) => !(name in old));
  return Object.fromEntries([...kept, ...added]);
}

it('has the indices and columns of version 70, and gives the ids of no table twice', async () => {
  const [seventy, eighty] = [await openSqlite(':memory:'), await openSqlite(':memory:')];
  migrate(seventy, to(70));
  migrate(eighty, to(80));
  const schema = `select i.tbl_name || ' ' || i.name || ' ' || coalesce(i.sql, '') text
    from sqlite_schema i where i.type = 'index' and i.name <> 'sqlite_autoindex_run_1' order by 1`;
  expect(eighty.prepare(schema).pluck().all()).toEqual(seventy.prepare(schema).pluck().all());
  const columns = `select t.name || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' ||
      coalesce(c.dflt_value, '') from sqlite_schema t, pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite%' order by 1`;
  expect(eighty.prepare(columns).pluck().all()).toEqual(
    [...seventy.prepare(columns).pluck().all(), 'run folder TEXT 1 '].sort(),
  );
  const links = `select t.name, f."from", f."table", f.on_delete
    from sqlite_schema t, pragma_foreign_key_list(t.name) f where t.type = 'table' order by 1, 2`;
  expect(eighty.prepare(links).all()).toEqual(seventy.prepare(links).all());
  const reusing = `select name from sqlite_schema
    where sql like '%integer primary key%' and sql not like '%integer primary key autoincrement%'`;
  expect(eighty.prepare(reusing).all()).toEqual([]);
  seventy.close();
  eighty.close();
});

it('is refused, and undone, where rows refer to rows that are not there', async () => {
  const folder = await filled(70);
  const path = join(folder, 'project.sqlite');
  await withSqlite(path, (connection) => {
    connection.pragma('foreign_keys = off');
    connection.exec('delete from snapshot');
  });
  rmSync(`${path}.sha256`);
  const rows = await withSqlite(path, contents);
  await expect(open(folder)).rejects.toThrow(/refer to rows of "snapshot" that are not there/);
  expect(await withSqlite(path, contents)).toEqual(rows);
});

it('gives no id of a row that is gone', async () => {
  const { database, close } = await open(await filled(70));
  const id = database.transact((writer) => {
    writer.run('delete from model where run_id = 1');
    return writer.run(
      `insert into model (run_id, path, hash, step, created_at) values (1, 'm', 'h', 1, ?)`,
      noon,
    ).id;
  });
  expect(id).toBe(2);
  await close();
});
