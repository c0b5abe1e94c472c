// Opening a catalogue: how SQLite is set up, and what is refused without being touched.

import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newestVersion } from '#core/store/migrate.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import { openSqlite } from '#core/store/sqlite.ts';
import { contents, fill, open, withSqlite } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const newest = newestVersion(migrations);
const tempFolder = tempFolders();

/** A closed project with rows; `unsealed` as if it had been killed and everything written back. */
async function project({ unsealed = false, images = 40 } = {}): Promise<string> {
  const folder = tempFolder();
  const { database, close } = await open(folder);
  fill(database, images);
  await close();
  if (unsealed) rmSync(`${file(folder)}.sha256`);
  return folder;
}

function file(folder: string): string {
  return join(folder, 'project.sqlite');
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Expects a refusal with this code and words, with the catalogue's bytes as they were. */
async function expectRefused(folder: string, code: string, words: RegExp): Promise<void> {
  const before = digest(file(folder));
  await expect(open(folder)).rejects.toMatchObject({
    name: 'Failure',
    code,
    path: file(folder),
    message: expect.stringMatching(words) as string,
  });
  expect(digest(file(folder))).toBe(before);
}

describe('a new catalogue', () => {
  it('is a WAL database, flushed at each commit, with keys checked and its schema not trusted', async () => {
    const { database, close } = await open(tempFolder());
    const pragma = (name: string) => database.read((reader) => reader.get(`pragma ${name}`));
    expect(pragma('journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(pragma('synchronous')).toEqual({ synchronous: 2 });
    expect(pragma('foreign_keys')).toEqual({ foreign_keys: 1 });
    expect(pragma('trusted_schema')).toEqual({ trusted_schema: 0 });
    expect(pragma('cell_size_check')).toEqual({ cell_size_check: 1 });
    expect(pragma('application_id')).toEqual({ application_id: 0x4e536370 });
    expect(pragma('user_version')).toEqual({ user_version: newest });
    await close();
  });

  it('lets nobody rewrite its schema table through SQL', async () => {
    const { database, close } = await open(tempFolder());
    const rewrite = (sql: string) => () => database.transact((writer) => writer.run(sql));
    rewrite('pragma writable_schema = on')();
    expect(rewrite(`update sqlite_schema set sql = 'x'`)).toThrow(/may not be modified/);
    await close();
  });

  it('holds STRICT tables and their indices, and nothing else', async () => {
    const { database, close } = await open(tempFolder());
    const tables = database.read((reader) =>
      reader.all<{ name: string; type: string; strict: number }>(
        `select name, type, strict from pragma_table_list where schema = 'main'
         and name not like 'sqlite_%' order by name`,
      ),
    );
    expect(tables.filter(({ type, strict }) => type !== 'table' || strict !== 1)).toEqual([]);
    expect(tables.map(({ name }) => name)).toEqual(
      (
        'batch_line batch_threshold dataset dataset_item edit edit_dataset edit_item edit_member edit_move image ' +
        'image_file image_measure import_problem job method_comparison model model_score near_known ' +
        'outlier_source region review run run_epoch run_warning score score_problem setting snapshot ' +
        'snapshot_item threshold'
      ).split(' '),
    );
    await close();
  });

  it('is made anew when a process ended before the first transaction', async () => {
    const folder = tempFolder();
    writeFileSync(file(folder), '');
    const { database, close } = await open(folder);
    fill(database, 1);
    await close();
    await (await open(folder)).close();
  });

  it('is finished when a process ended between making the file and the first migration', async () => {
    const folder = tempFolder();
    await withSqlite(file(folder), (connection) => connection.pragma('journal_mode = wal'));
    const { database, close } = await open(folder);
    fill(database, 1);
    await close();
  });
});

describe('closing', () => {
  it('leaves one file, whole, beside its seal and the day’s copy', async () => {
    const folder = await project();
    expect(readdirSync(folder).sort()).toEqual([
      'backups',
      'project.sqlite',
      'project.sqlite.sha256',
    ]);
    expect(readFileSync(`${file(folder)}.sha256`, 'utf8')).toBe(
      `${digest(file(folder))}  project.sqlite\n`,
    );
  });

  it('moves the write-ahead log into the file even while another program reads it', async () => {
    const folder = tempFolder();
    const { database, close } = await open(folder);
    fill(database, 40);
    const viewer = await openSqlite(file(folder), { readonly: true });
    viewer.prepare('select count(*) from image').get();
    await close();
    const copy = join(folder, 'copy.sqlite');
    copyFileSync(file(folder), copy);
    viewer.close();
    const rows = await withSqlite(copy, (connection) => contents(connection)['image']);
    expect(rows).toHaveLength(40);
  });

  it('seals; opening breaks the seal, so that a crash leaves none', async () => {
    const folder = await project();
    const seal = `${file(folder)}.sha256`;
    const { database, close } = await open(folder);
    expect(readFileSync(seal, 'utf8')).toBe('');
    database.transact((writer) => writer.run(`insert into setting values ('a', 'b')`));
    await close();
    expect(readFileSync(seal, 'utf8')).toContain(digest(file(folder)));
  });

  it('may be asked twice', async () => {
    const { close } = await open(tempFolder());
    await close();
    await close();
  });
});

describe('refused and left as it was', () => {
  it('a catalogue of a newer version', async () => {
    const folder = await project({ unsealed: true });
    await withSqlite(file(folder), (connection) =>
      connection.pragma(`user_version = ${newest + 10}`),
    );
    await expectRefused(
      folder,
      'project-too-new',
      new RegExp(`version ${newest + 10} .* knows up to ${newest}.*newer Normscope`),
    );
  });

  it('a newer version whose number is still in the write-ahead log', async () => {
    const folder = tempFolder();
    const { database, close } = await open(folder);
    fill(database, 5);
    const newer = tempFolder();
    await withSqlite(file(folder), (connection) => {
      connection.pragma(`user_version = ${newest + 10}`);
      // As a killed process leaves it: file and log side by side.
      for (const end of ['', '-wal']) copyFileSync(`${file(folder)}${end}`, `${file(newer)}${end}`);
    });
    await close();
    await expectRefused(newer, 'project-too-new', new RegExp(`version ${newest + 10}`));
  });

  it('the database of another application', async () => {
    const folder = tempFolder();
    await withSqlite(file(folder), (connection) =>
      connection.exec('create table bookmark (url text); pragma application_id = 252006673;'),
    );
    await expectRefused(folder, 'project-damaged', /was not written by Normscope/);
  });

  it('the database of an application without an id', async () => {
    const folder = tempFolder();
    await withSqlite(file(folder), (connection) => connection.exec('create table image (id)'));
    await expectRefused(folder, 'project-damaged', /was not written by Normscope/);
  });

  it('a file that is no database', async () => {
    const folder = tempFolder();
    writeFileSync(file(folder), 'Dear diary, '.repeat(1000));
    await expectRefused(folder, 'project-damaged', /it is not a SQLite database/);
    writeFileSync(file(folder), 'short');
    await expectRefused(folder, 'project-damaged', /it is not a SQLite database/);
  });

  it('a file that was cut off', async () => {
    for (const unsealed of [false, true]) {
      const folder = await project({ unsealed });
      truncateSync(file(folder), 3 * 4096);
      await expectRefused(folder, 'project-damaged', /damaged/);
    }
  });

  it('a version that no Normscope wrote, and tables that are not of their version', async () => {
    const folder = await project({ unsealed: true });
    await withSqlite(file(folder), (connection) => connection.pragma('user_version = 7'));
    await expectRefused(folder, 'project-damaged', /ever wrote its version 7/);
    await withSqlite(file(folder), (connection) => connection.pragma('user_version = 0'));
    await expectRefused(folder, 'project-damaged', /not those of its version/);
  });

  it.each([
    ['a trigger', 'create trigger t after insert on job begin delete from score; end'],
    ['a view', 'create view t as select * from image'],
    ['a virtual table', 'create virtual table t using fts5 (text)'],
    ['a view in place of a table', 'drop table setting; create view setting as select 1 as name'],
  ])('a hostile schema: %s', async (_, sql) => {
    const folder = await project({ unsealed: true });
    await withSqlite(file(folder), (connection) => connection.exec(sql));
    await expectRefused(folder, 'project-damaged', /views, triggers or virtual tables/);
  });

  it('a catalogue that another program changed after it was closed', async () => {
    const folder = await project();
    await withSqlite(file(folder), (connection) => connection.exec('update image set width = 1'));
    await expectRefused(folder, 'project-damaged', /another program wrote into it/);
    rmSync(`${file(folder)}.sha256`);
    await (await open(folder)).close();
  });

  it('a catalogue into whose write-ahead log another program wrote after it was closed', async () => {
    const folder = await project();
    const intruder = await openSqlite(file(folder));
    intruder.exec('update image set width = 2');
    await expect(open(folder)).rejects.toMatchObject({ code: 'project-damaged' });
    intruder.close();
  });
});

describe('the way out of damage', () => {
  it('is the newest copy, which opens after the steps that the message names', async () => {
    const folder = await project({ images: 12 });
    const bytes = readFileSync(file(folder));
    bytes.fill(0xa5, 4096, 8192);
    writeFileSync(file(folder), bytes);
    const copy = join(folder, 'backups', readdirSync(join(folder, 'backups'))[0]!);
    const steps = `move every file whose name begins with "project." into another folder, then copy ${copy} to ${file(folder)}`;
    await expect(open(folder)).rejects.toThrow(steps);

    for (const name of readdirSync(folder)) {
      if (name.startsWith('project.')) rmSync(join(folder, name));
    }
    copyFileSync(copy, file(folder));
    const { database, close } = await open(folder);
    expect(
      database.read((reader) => reader.get('select count(distinct image_id) n from score')),
    ).toEqual({
      n: 12,
    });
    await close();
  });

  it('is said to be the user’s own backup when there is no copy', async () => {
    const folder = await project();
    rmSync(join(folder, 'backups'), { recursive: true });
    truncateSync(file(folder), 5000);
    await expect(open(folder)).rejects.toThrow(/no earlier copy .* your own backup/);
  });
});

// Windows has no permissions that a test can take away by chmod.
it.skipIf(process.platform === 'win32')(
  'a project that may not be read or written is said to need permission',
  async () => {
    for (const mode of [0o444, 0o000]) {
      const folder = await project();
      chmodSync(file(folder), mode);
      const me = process.geteuid!();
      // Permissions do not bind the superuser.
      if (me === 0) process.seteuid!(65_534);
      try {
        await expect(open(folder)).rejects.toMatchObject({
          code: 'bad-input',
          message: expect.stringMatching(/^The project cannot be written. Give yourself/) as string,
        });
      } finally {
        if (me === 0) process.seteuid!(0);
      }
    }
  },
);
