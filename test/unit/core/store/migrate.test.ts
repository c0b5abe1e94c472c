// Migrations: in order, each in one transaction with its number, after a copy, or not at all.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrate, newestVersion, versionOf } from '#core/store/migrate.ts';
import { migrations, type Migration } from '#core/store/migrations/migrations.ts';
import { openSqlite } from '#core/store/sqlite.ts';
import { startProcess } from '../../../support/child-process.ts';
import { contents, fill, open, withSqlite } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const tempFolder = tempFolders();

const newest = newestVersion(migrations);
const shade: Migration = {
  version: newest + 10,
  sql: `alter table image add column shade text; update image set shade = 'grey';
    create table tag (name text primary key) strict, without rowid;`,
};
const broken: Migration = {
  version: newest + 20,
  sql: `delete from score; create table extra (id integer primary key) strict; insert into nowhere values (1);`,
};

const file = (folder: string) => join(folder, 'project.sqlite');

async function newestCatalogue(): Promise<string> {
  const folder = tempFolder();
  const { database, close } = await open(folder);
  fill(database, 10);
  await close();
  rmSync(join(folder, 'backups'), { recursive: true });
  return folder;
}

/** The rows of a closed catalogue, and its version. */
function state(path: string) {
  return withSqlite(path, (connection) => ({
    version: versionOf(connection),
    rows: contents(connection),
  }));
}

describe('the migrations of this program', () => {
  it('have increasing numbers in steps of ten', () => {
    const versions = migrations.map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(new Set(versions).size).toBe(versions.length);
    for (const version of versions) expect(version % 10).toBe(0);
    expect(newestVersion(migrations)).toBe(versions.at(-1));
    expect(newestVersion([])).toBe(0);
  });

  it.each([
    ['the same number twice', [10, 10]],
    ['a smaller number later', [20, 10]],
    ['a number below one', [0]],
    ['half a number', [1.5]],
  ])('would be refused with %s', async (_, versions) => {
    const connection = await openSqlite(':memory:');
    const list = versions.map((version) => ({ version, sql: 'select 1' }));
    expect(() => migrate(connection, list)).toThrow(/^Migration .* comes after/);
    expect(versionOf(connection)).toBe(0);
    connection.close();
  });
});

describe('a later migration', () => {
  it('keeps every row, and a copy of the version before', async () => {
    const folder = await newestCatalogue();
    const before = await state(file(folder));
    const { database, close } = await open(folder, { migrations: [...migrations, shade] });
    expect(database.read((reader) => reader.all('select distinct shade from image'))).toEqual([
      { shade: 'grey' },
    ]);
    const copies = readdirSync(join(folder, 'backups'));
    expect(copies).toEqual([`project-20261124T120000Z-v${newest}.sqlite`]);
    await close();

    expect(await state(join(folder, 'backups', copies[0]!))).toEqual(before);
    const after = await state(file(folder));
    expect(after.version).toBe(newest + 10);
    expect(after.rows['score']).toEqual(before.rows['score']);
    expect(after.rows['dataset_item']).toEqual(before.rows['dataset_item']);
  });

  it('is undone whole when it fails; the next program finds the version before', async () => {
    const folder = await newestCatalogue();
    const before = await state(file(folder));
    const failing = open(folder, { migrations: [...migrations, shade, broken] });
    await expect(failing).rejects.toThrow(/no such table: nowhere/);

    // What came before the failing one stays, in one piece.
    const after = await state(file(folder));
    expect(after.version).toBe(newest + 10);
    expect(Object.keys(after.rows)).not.toContain('extra');
    expect(after.rows['score']).toEqual(before.rows['score']);
    const { close } = await open(folder, { migrations: [...migrations, shade] });
    await close();
  });

  it('leaves a catalogue that the program before it refuses', async () => {
    const folder = await newestCatalogue();
    await (await open(folder, { migrations: [...migrations, shade] })).close();
    await expect(open(folder)).rejects.toMatchObject({ code: 'project-too-new' });
    // The way back that the copy is for.
    for (const name of readdirSync(folder)) {
      if (name.startsWith('project.')) rmSync(join(folder, name));
    }
    const copy = join(folder, 'backups', 'project-20261124T120000Z-v10.sqlite');
    await withSqlite(copy, (connection) => connection.prepare('vacuum into ?').run(file(folder)));
    await (await open(folder)).close();
  });

  it('does not run again, and needs no further copy', async () => {
    const folder = await newestCatalogue();
    const all = [...migrations, shade];
    await (await open(folder, { migrations: all })).close();
    await (await open(folder, { migrations: all })).close();
    expect(readdirSync(join(folder, 'backups'))).toHaveLength(1);
  });

  it('does not start when the copy cannot be made', async () => {
    const folder = await newestCatalogue();
    const before = await state(file(folder));
    // A file in place of the folder.
    await withSqlite(join(folder, 'backups'), (connection) =>
      connection.exec('create table t (x)'),
    );
    await expect(open(folder, { migrations: [...migrations, shade] })).rejects.toThrow();
    expect(await state(file(folder))).toEqual(before);
  });

  it('is all there or not at all after each of 5 kills in its middle', async () => {
    const folder = await newestCatalogue();
    const before = await state(file(folder));
    for (let kill = 0; kill < 5; kill++) {
      const script = new URL('./migrating-process.ts', import.meta.url);
      const migrating = startProcess(script, [folder]);
      expect(await migrating.line()).toBe('in the middle');
      await migrating.kill();
      expect(await state(file(folder))).toEqual(before);
    }
    await (await open(folder)).close();
  });
});
