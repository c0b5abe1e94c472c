// Sizes, the cache, and copies of the catalogue that are restored, on a real project.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openProject } from '../../../integration/core/project.ts';
import { drawPictures } from '../../../integration/core/pictures.ts';
import { succeeded } from '../../../integration/core/project.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const newFolder = tempFolders();

async function lab() {
  const root = newFolder();
  const folder = join(root, 'P.normscope');
  const { client } = await openProject(folder);
  const add = async (name: string, count: number) => {
    const paths = await drawPictures(join(root, name), 'disc', count);
    const input = { paths, dataset: name, role: 'normal' as const };
    await succeeded(client, (await client.call('images.import', input)).jobId);
  };
  const names = async () => (await client.call('datasets.list', {})).map(({ name }) => name);
  return { folder, client, add, names };
}

describe('storage', () => {
  it('counts each part, and clears only what is made again', async () => {
    const { folder, client, add } = await lab();
    await add('cells', 3);
    mkdirSync(join(folder, 'cache', 'shards'), { recursive: true });
    writeFileSync(join(folder, 'cache', 'shards', 'a.pixels'), new Uint8Array(5000));
    mkdirSync(join(folder, 'models', 'run-1'), { recursive: true });
    writeFileSync(join(folder, 'models', 'run-1', 'm'), new Uint8Array(700));
    const sizes = async () => {
      const { parts } = await client.call('storage.show', {});
      return Object.fromEntries(parts.map(({ part, bytes, files }) => [part, [files, bytes]]));
    };
    mkdirSync(join(folder, 'cache', 'features'), { recursive: true });
    writeFileSync(join(folder, 'cache', 'features', 'a.features'), new Uint8Array(300));
    expect(await sizes()).toMatchObject({
      pixels: [1, 5000],
      features: [1, 300],
      models: [1, 700],
      trash: [0, 0],
    });
    expect((await sizes())['thumbnails']?.[0]).toBe(3);
    expect(await client.call('storage.clear', {})).toEqual({ freedBytes: 5300 });
    expect(existsSync(join(folder, 'cache', 'shards', 'a.pixels'))).toBe(false);
    expect(await sizes()).toMatchObject({ pixels: [0, 0], models: [1, 700] });
    expect((await sizes())['thumbnails']?.[0]).toBe(3);
  });
});

describe('a copy of the catalogue', () => {
  it('brings back what it held, and what was there before is kept as a copy', async () => {
    const { client, add, names } = await lab();
    await add('cells', 2);
    const backup = await client.call('backups.make', {});
    expect(await client.call('backups.list', {})).toEqual([backup]);
    await add('more', 2);
    let told = 0;
    client.on('project.restored', () => told++);
    // Copies are named by the second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const { savedAs } = await client.call('backups.restore', { name: backup.name });
    expect(await names()).toEqual(['cells']);
    expect(told).toBe(1);
    // Written and read on, as if nothing had been.
    await add('again', 2);
    expect(await names()).toEqual(['again', 'cells']);
    await client.call('backups.restore', { name: savedAs.name });
    expect(await names()).toEqual(['cells', 'more']);
  });

  it('is restored while windows go on asking: each is answered, or told to try again', async () => {
    const { client, add, names } = await lab();
    await add('cells', 12);
    const { name } = await client.call('backups.make', {});
    await add('more', 2);
    const jobsBefore = (await client.call('jobs.list', {})).length;
    const faults: unknown[] = [];
    let isOver = false;
    let [answers, edits] = [0, 0];
    const window = async () => {
      while (!isOver) {
        await client.call('jobs.list', {});
        await client.call('datasets.list', {});
        answers++;
        const edit = {
          selection: { dataset: 'cells', imageIds: [1] },
          set: { class: `${answers}` },
        };
        await client.call('items.edit', edit).then(
          () => edits++,
          (error: unknown) => faults.push(error),
        );
        const input = { paths: ['/no/such/folder'], dataset: 'cells' };
        await client.call('images.import', input).catch((error: unknown) => faults.push(error));
        await setImmediate();
      }
    };
    const restoring = client.call('backups.restore', { name }).finally(() => (isOver = true));
    const second = client.call('backups.restore', { name });
    await expect(second).rejects.toThrow('is being restored');
    await Promise.all([restoring, window(), window()]);
    expect(answers).toBeGreaterThan(2);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) {
      expect(fault).toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(/is being restored. Try again/) as string,
      });
    }
    expect(await names()).toEqual(['cells']);
    // Those of the restored catalogue, and after them what was submitted once it was there.
    const ids = (await client.call('jobs.list', {})).map(({ id }) => id);
    expect(ids[0]).toBe(1);
    for (const id of ids.slice(1)) expect(id).toBeGreaterThan(jobsBefore);
    await add('again', 2);
    expect(await names()).toEqual(['again', 'cells']);
  });

  it('is restored although the project is closed meanwhile', async () => {
    const root = newFolder();
    const folder = join(root, 'P.normscope');
    const { app, client } = await openProject(folder);
    const { name } = await client.call('backups.make', {});
    const paths = await drawPictures(join(root, 'more'), 'disc', 2);
    const input = { paths, dataset: 'more', role: 'normal' as const };
    await succeeded(client, (await client.call('images.import', input)).jobId);
    client.call('backups.restore', { name }).catch(() => undefined);
    await setImmediate();
    await app.close();
    const again = await openProject(folder);
    expect(await again.client.call('datasets.list', {})).toEqual([]);
  });

  it('that is damaged, or not there, changes nothing', async () => {
    const { folder, client, add, names } = await lab();
    await add('cells', 2);
    const { name } = await client.call('backups.make', {});
    writeFileSync(join(folder, 'backups', name), 'This is no catalogue. '.repeat(100));
    await expect(client.call('backups.restore', { name })).rejects.toMatchObject({
      code: 'project-damaged',
    });
    await expect(
      client.call('backups.restore', { name: 'project-20200101T000000Z-v10.sqlite' }),
    ).rejects.toMatchObject({ code: 'not-found' });
    await expect(
      client.call('backups.restore', { name: '../project.sqlite' }),
    ).rejects.toMatchObject({ code: 'bad-input' });
    await add('more', 1);
    expect(await names()).toEqual(['cells', 'more']);
  });
});
