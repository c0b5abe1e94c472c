// Projects on network drives: without shared memory, without file locks, and where nothing may be written.

import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openApp } from '#core/app.ts';
import { openSqlite } from '#core/store/sqlite.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { smallPng } from '../../import/support/write-png.ts';
import { main } from '../../hosts/cli-process.ts';
import { clientOf, openProject, succeeded } from '../project.ts';

const run = promisify(execFile);
const newFolder = tempFolders();

async function images(folder: string, count: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (let n = 0; n < count; n++) await writeFile(join(folder, `${n}.png`), smallPng(n));
  return folder;
}

const canPreload = process.platform === 'linux' && hasCompiler();

function hasCompiler(): boolean {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Not tested: network drives. It takes a C compiler (cc).');
    return false;
  }
}

describe.runIf(canPreload)('a drive', () => {
  let library = '';
  let share = '';
  beforeAll(async () => {
    const folder = newFolder();
    library = join(folder, 'share.so');
    const source = join(import.meta.dirname, '../../../support/share.c');
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
    share = join(folder, 'share_sim');
    await mkdir(share);
  });

  async function on(fault: Record<string, string>, ...words: string[]) {
    const env = { ...process.env, LD_PRELOAD: library, ...fault };
    return await run(process.execPath, [main, ...words], { env }).then(
      ({ stdout }) => ({ code: 0, out: stdout, err: '' }),
      (error: unknown) => {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, out: stdout, err: stderr };
      },
    );
  }

  it('without shared memory holds a project, also one that had been on another drive', async () => {
    const files = await images(join(newFolder(), 'im'), 3);
    const noMemory = { NOSHM: '1' };
    const project = join(share, 'New.normscope');
    const first = await on(noMemory, 'import', project, files, '--dataset', 'd');
    expect(first).toMatchObject({ code: 0, out: 'Imported 3 new images into "d".\n' });
    const again = await on(noMemory, 'import', project, files, '--dataset', 'd');
    expect(again.out).toBe('Imported 0 new images into "d"; 3 files seen before.\n');

    const moved = join(share, 'Moved.normscope');
    const { client, app: own } = await openProject(moved);
    const { jobId } = await client.call('images.import', { paths: [files], dataset: 'd' });
    await succeeded(client, jobId);
    await own.close();
    const more = await images(join(newFolder(), 'more'), 5);
    const third = await on(noMemory, 'import', moved, more, '--dataset', 'd');
    expect(third.out).toBe('Imported 2 new images into "d"; 3 files seen before.\n');
    // And back: where there is memory again, the catalogue is written ahead.
    const { client: back, app: at } = await openProject(moved);
    expect(await back.call('datasets.list', {})).toMatchObject([{ name: 'd', items: 5 }]);
    await at.close();
  });

  it.each([
    ['ENOLCK', '37'],
    ['EOPNOTSUPP', '95'],
    ['ENOSYS', '38'],
    ['EACCES', '13'],
  ])('without locks (%s) is named with the remedy', async (_, errno) => {
    const project = join(share, `${errno}.normscope`);
    const files = await images(join(newFolder(), 'im'), 1);
    const { code, err } = await on(
      { NOLCK: errno },
      'import',
      project,
      files,
      '--dataset',
      'd',
      '--json',
    );
    expect(code).not.toBe(0);
    expect(JSON.parse(err)).toMatchObject({
      error: {
        code: 'bad-input',
        message: expect.stringMatching(
          /^The drive that holds .*normscope has no file locks, .* drive of this computer/,
        ) as string,
      },
    });
    expect((await readdir(project)).filter((name) => name.includes('lock-test'))).toEqual([]);
  });
});

/** Names, sizes, times and bytes of everything below. */
async function pictureOf(folder: string): Promise<unknown[]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  return await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const { size, mtimeMs, mode } = await stat(path);
      const bytes = (await stat(path)).isFile() ? await readFile(path, 'base64') : '';
      return [name, size, mtimeMs, mode, bytes];
    }),
  );
}

/** Makes a folder that this account cannot write; undefined where that is not possible. */
async function unwritableBy(folder: string): Promise<(() => Promise<void>) | undefined> {
  if (process.getuid?.() !== 0) {
    await chmod(folder, 0o555);
    return () => chmod(folder, 0o755);
  }
  try {
    await run('mount', ['--bind', folder, folder]);
    await run('mount', ['-o', 'remount,bind,ro', folder]);
    return async () => {
      await run('umount', [folder]);
    };
  } catch {
    await run('umount', [folder]).catch(() => undefined);
    console.log('Not tested: a read-only project, because this account may not mount.');
    return undefined;
  }
}

describe('a project whose folder cannot be written', () => {
  it('can be looked at, refuses everything else with a sentence, and stays as it was', async () => {
    const project = join(newFolder(), 'Read.normscope');
    const { client, app: own } = await openProject(project);
    const files = await images(join(newFolder(), 'im'), 4);
    const input = { paths: [files], dataset: 'd', role: 'normal' as const };
    await succeeded(client, (await client.call('images.import', input)).jobId);
    await own.close();
    const before = await pictureOf(project);
    const restore = await unwritableBy(project);
    if (!restore) return;
    onTestFinished(restore);

    const app = await openApp(project);
    const look = clientOf(app);
    expect(app.readOnly).toMatch(/open to look at only: .* copy the project to a drive/);
    expect(await look.call('project.show', {})).toEqual({
      ...{ folder: project, readOnly: app.readOnly },
    });
    const { total, images: shown } = await look.call('images.page', { dataset: 'd' });
    expect(total).toBe(4);
    const { hash, imageId } = shown[0]!;
    expect((await app.picture({ kind: 'thumb', hash, look: undefined }))?.path).toContain(project);
    const drawn = await app.picture({
      ...{ kind: 'image', hash, look: { low: 0, high: 100, channel: 'all' } },
    });
    expect((await stat(drawn!.path)).size).toBeGreaterThan(0);
    expect(await look.call('images.show', { imageId })).toMatchObject({ hash });
    expect(await look.call('runs.list', {})).toEqual([]);
    expect(await look.call('images.histogram', { imageId })).toBeDefined();
    const words = { code: 'bad-input', message: app.readOnly };
    const refused = [
      look.call('images.import', input),
      look.call('items.edit', {
        selection: { dataset: 'd', imageIds: [imageId] },
        set: { role: 'anomaly' },
      }),
      look.call('runs.train', { dataset: 'd' }),
      look.call('edits.undo', {}),
      look.call('backups.make', {}),
      look.call('storage.clear', {}),
    ];
    for (const answer of refused) await expect(answer).rejects.toMatchObject(words);
    await app.close();
    expect(await pictureOf(project)).toEqual(before);
  });

  it('is opened with what a killed process had not yet moved into the catalogue', async () => {
    const project = join(newFolder(), 'Ahead.normscope');
    const { app: own } = await openProject(project);
    await own.close();
    // Left open: what it writes stays in the file beside the catalogue.
    const connection = await openSqlite(join(project, 'project.sqlite'));
    connection.exec(`insert into dataset (name, created_at) values ('late', '2026-01-01')`);
    onTestFinished(() => void connection.close());
    await writeFile(join(project, 'project.sqlite.sha256'), '');
    const restore = await unwritableBy(project);
    if (!restore) return;
    onTestFinished(restore);
    const app = await openApp(project);
    expect(await clientOf(app).call('datasets.list', {})).toMatchObject([{ name: 'late' }]);
    await app.close();
  });
});
