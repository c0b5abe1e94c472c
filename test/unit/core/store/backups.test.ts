// Copies of the catalogue: whole, checked, few, and made once a day.

import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backUp, listBackups, newestBackupTime } from '#core/store/backups.ts';
import { newestVersion } from '#core/store/migrate.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import { contents, fill, open, withSqlite } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const tempFolder = tempFolders();
const version = newestVersion(migrations);

/** A closed project with rows and no copies: a copy of its own would be in the way. */
async function project(): Promise<string> {
  const folder = tempFolder();
  mkdirSync(join(folder, 'backups'));
  writeFileSync(join(folder, 'backups', 'project-20200101T000000Z-v10.sqlite'), '');
  const { database, close } = await open(folder);
  fill(database, 15);
  await close();
  return folder;
}

const at = (hour: number) => new Date(Date.UTC(2026, 10, 24, hour));

describe('a copy', () => {
  it('holds every row, as one file that needs no log beside it', async () => {
    const folder = await project();
    const backups = join(folder, 'copies');
    const path = join(folder, 'project.sqlite');
    const rows = await withSqlite(path, contents);
    const connection = await open(folder);
    await connection.close();
    const copy = await copyOf(path, backups, at(9));
    expect(copy).toBe(join(backups, 'project-20261124T090000Z-v10.sqlite'));
    expect(readdirSync(backups)).toEqual(['project-20261124T090000Z-v10.sqlite']);
    expect(await withSqlite(copy, contents)).toEqual(rows);
    expect(
      await withSqlite(copy, (opened) => opened.pragma('journal_mode', { simple: true })),
    ).toBe('delete');
  });

  it('pushes out all but the newest three, and what a killed process left half done', async () => {
    const folder = await project();
    const backups = join(folder, 'copies');
    mkdirSync(backups);
    writeFileSync(join(backups, 'project-20261123T090000Z-v10.sqlite.tmp'), 'half');
    writeFileSync(join(backups, 'my own notes.txt'), 'stay');
    for (const hour of [8, 9, 10, 11]) {
      await copyOf(join(folder, 'project.sqlite'), backups, at(hour));
    }
    expect(listBackups(backups)).toEqual([
      'project-20261124T090000Z-v10.sqlite',
      'project-20261124T100000Z-v10.sqlite',
      'project-20261124T110000Z-v10.sqlite',
    ]);
    // Several in a second, or with a clock that was set back: the newest by its name is the newest.
    const later = await copyOf(join(folder, 'project.sqlite'), backups, at(8));
    expect(listBackups(backups)).toEqual([
      'project-20261124T100000Z-v10.sqlite',
      'project-20261124T110000Z-v10.sqlite',
      'project-20261124T110001Z-v10.sqlite',
    ]);
    expect(later).toBe(join(backups, 'project-20261124T110001Z-v10.sqlite'));
    expect(readdirSync(backups)).toContain('my own notes.txt');
    expect(readdirSync(backups)).toHaveLength(4);
  });

  it('of a damaged catalogue is not kept', async () => {
    const folder = await project();
    const backups = join(folder, 'copies');
    const path = join(folder, 'project.sqlite');
    await withSqlite(path, (connection) => {
      connection.unsafeMode();
      connection.pragma('writable_schema = on');
      connection.exec(
        `update sqlite_schema set sql = replace(sql, 'hash text', 'hash integer') where name = 'image'`,
      );
    });
    await expect(copyOf(path, backups, at(9))).rejects.toThrow();
    expect(listBackups(backups)).toEqual([]);
  });

  it('is none, of time 0, where there is no folder', () => {
    const nowhere = join(tempFolder(), 'nowhere');
    expect(listBackups(nowhere)).toEqual([]);
    expect(newestBackupTime(nowhere)).toBe(0);
  });
});

describe('closing a project', () => {
  it('makes a copy when the newest is older than a day, and none before', async () => {
    const folder = tempFolder();
    const backups = join(folder, 'backups');
    const openAndClose = async (now: string) => (await open(folder, { now })).close();
    await openAndClose('2026-11-24T12:00:00Z');
    expect(listBackups(backups)).toEqual([`project-20261124T120000Z-v${version}.sqlite`]);
    const first = join(backups, `project-20261124T120000Z-v${version}.sqlite`);
    utimesSync(first, at(12), at(12));
    expect(newestBackupTime(backups)).toBe(at(12).getTime());
    await openAndClose('2026-11-25T11:59:00Z');
    expect(listBackups(backups)).toHaveLength(1);
    await openAndClose('2026-11-25T12:01:00Z');
    expect(listBackups(backups)).toEqual([
      `project-20261124T120000Z-v${version}.sqlite`,
      `project-20261125T120100Z-v${version}.sqlite`,
    ]);
    expect(statSync(first).size).toBeGreaterThan(4096);
  });

  it('closes and keeps everything even when the copy cannot be made', async () => {
    const folder = tempFolder();
    const { database, close } = await open(folder);
    fill(database, 5);
    writeFileSync(join(folder, 'backups'), 'a file in place of the folder');
    await expect(close()).rejects.toThrow();
    const rows = await withSqlite(join(folder, 'project.sqlite'), contents);
    expect(rows['image']).toHaveLength(5);
  });
});

function copyOf(path: string, backups: string, now: Date): Promise<string> {
  return withSqlite(path, (connection) => backUp(connection, backups, 10, now));
}
