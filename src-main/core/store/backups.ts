// Backups of the catalogue in the project's folder `backups`: complete, checked, newest last.

import type Sqlite from 'better-sqlite3';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { putWhole, sweepTemporary } from '#files/whole-file.ts';
import { openSqlite } from './sqlite.ts';

const pattern = /^project-\d{8}T\d{6}Z-v\d+\.sqlite$/;

/** The number of copies kept, including those made before a migration. */
const kept = 3;

/** Ending of the unfinished copies of a killed process of an earlier version. */
const unfinished = '.sqlite.tmp';

/** File names, oldest first. */
export function listBackups(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** Milliseconds since 1970 of the newest copy; 0 without any. */
export function newestBackupTime(folder: string): number {
  const newest = listBackups(folder).at(-1);
  return newest === undefined ? 0 : statSync(join(folder, newest)).mtimeMs;
}

/**
 * Copies the open catalogue and checks the copy; older copies than the newest three are removed.
 * Returns the copy's path. Throws when the copy cannot be written or does not read back.
 */
export async function backUp(
  connection: Sqlite.Database,
  folder: string,
  version: number,
  now: Date,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const path = freePath(folder, version, now);
  for (const name of readdirSync(folder)) {
    if (name.endsWith(unfinished)) rmSync(join(folder, name));
  }
  await sweepTemporary(folder);
  await putWhole(path, async (temporary) => {
    connection.prepare('vacuum into ?').run(temporary);
    await assertSound(temporary);
  });
  for (const name of listBackups(folder).slice(0, -kept)) rmSync(join(folder, name));
  return path;
}

/**
 * Named after this second, or the one after the newest copy: a copy never replaces another, and its name is
 * never older than that of an earlier copy, because it would then be removed immediately.
 */
function freePath(folder: string, version: number, now: Date): string {
  const stampOf = (time: Date) => time.toISOString().replace(/[-:]|\.\d+/g, '');
  const newest = listBackups(folder).at(-1)?.split('-')[1];
  let stamp = stampOf(now);
  if (newest !== undefined && stamp <= newest) {
    const [, day, time] = /^(\d{8})T(\d{6})Z$/.exec(newest)!;
    const iso = `${day!.replace(/(....)(..)/, '$1-$2-')}T${time!.replace(/(..)(..)/, '$1:$2:')}Z`;
    const next = Date.parse(iso) + 1000;
    // Some other file that only looks like a copy may have no such time.
    if (Number.isFinite(next)) stamp = stampOf(new Date(next));
  }
  return join(folder, `project-${stamp}-v${version}.sqlite`);
}

async function assertSound(path: string): Promise<void> {
  const copy = await openSqlite(path, { fileMustExist: true });
  try {
    const verdict: unknown = copy.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') throw new Error(`The copy ${path} is damaged: ${String(verdict)}`);
  } finally {
    copy.close();
  }
}
