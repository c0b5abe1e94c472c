import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder, sweepTemporary, writeWhole } from '#worker/files/whole-file.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'normscope-whole-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('the parts stand one after another under the name, and nothing else is left', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.bin');
  await writeFile(path, 'before');
  const parts = [Buffer.from('one'), new Uint8Array(0), Buffer.from('two')];
  await writeWhole(path, parts);
  expect(await readFile(path, 'utf8')).toBe('onetwo');
  expect(await readdir(folder)).toEqual(['a.bin']);
});

test('a write that fails leaves neither file nor leftovers', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'taken'));
  await expect(writeWhole(join(folder, 'taken'), [Buffer.from('x')])).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['taken']);
});

test('a full disk is said in words, and the file from before stays', async () => {
  const folder = await temporaryFolder();
  const run = promisify(execFile);
  const disk = join(folder, 'disk');
  await mkdir(disk);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  } catch {
    console.log('Not tested: a full disk, because this account may not mount a small one.');
    return;
  }
  onTestFinished(async () => {
    await run('umount', [disk]);
  });
  const path = join(disk, 'checkpoint');
  await writeWhole(path, [Buffer.from('good')]);
  await expect(writeWhole(path, [Buffer.alloc(100_000, 1)])).rejects.toMatchObject({
    name: 'Failure',
    code: 'disk-full',
    path,
    message: expect.stringContaining('The disk is full') as string,
  });
  expect(await readdir(disk)).toEqual(['checkpoint']);
  expect(await readFile(path, 'utf8')).toBe('good');
});

test('a folder is made with those above it, and may be there already', async () => {
  const folder = await temporaryFolder();
  await makeFolder(join(folder, 'a', 'b'));
  await makeFolder(join(folder, 'a', 'b'));
  expect(await readdir(join(folder, 'a'))).toEqual(['b']);
});

test('sweeping removes what a killed write left, and nothing else', async () => {
  const folder = await temporaryFolder();
  const names = ['.model.safetensors.41.tmp', 'model.safetensors', 'notes.tmp', '.hidden'];
  for (const name of names) await writeFile(join(folder, name), '');
  await sweepTemporary(folder);
  expect((await readdir(folder)).sort()).toEqual(names.slice(1).sort());
  await sweepTemporary(join(folder, 'missing'));
});
