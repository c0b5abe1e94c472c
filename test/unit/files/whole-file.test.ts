import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { fileFailure } from '#files/file-failure.ts';
import {
  isTemporary,
  makeFolder,
  putWhole,
  sweepTemporary,
  writeWhole,
} from '#files/whole-file.ts';

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

test('parts may come as a stream; where it breaks off, the file from before stays', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.csv');
  async function* lines(count: number): AsyncGenerator<string> {
    for (let line = 0; line < count; line++) {
      await new Promise(setImmediate);
      yield `${line}\n`;
    }
    if (count > 2) throw new Error('The source is gone.');
  }
  await writeWhole(path, lines(2));
  await expect(writeWhole(path, lines(3))).rejects.toThrow('The source is gone.');
  expect(await readFile(path, 'utf8')).toBe('0\n1\n');
  expect(await readdir(folder)).toEqual(['a.csv']);
});

test('a name may follow from the content, and the temporary file lie elsewhere', async () => {
  const folder = await temporaryFolder();
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  let name = '';
  const target = { folder, name: () => name };
  const seen = await putWhole(
    target,
    async (temporary) => {
      await writeFile(temporary, 'content');
      name = 'named-at-the-end';
      return await readdir(scratch);
    },
    { scratch, flush: false },
  );
  expect(seen).toHaveLength(1);
  expect(isTemporary(seen[0]!)).toBe(true);
  expect((await readdir(folder)).sort()).toEqual(['named-at-the-end', 'scratch']);
  expect(await readdir(scratch)).toEqual([]);
});

test('of two writes of the same file at once one is there in the end, whole', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'thumbnail');
  const texts = ['a'.repeat(50_000), 'b'.repeat(70_000)];
  await Promise.all(texts.map((text) => writeWhole(path, [text], { flush: false })));
  expect(texts).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['thumbnail']);
});

test.each(['EACCES', 'EPERM', 'EROFS'])('%s is said in words with a remedy', (code) => {
  const cause = Object.assign(new Error('no'), { code });
  expect(fileFailure(cause, '/data/a')).toMatchObject({
    ...{ name: 'Failure', code: 'bad-input', path: '/data/a', cause },
    message: expect.stringMatching(/^\/data\/a cannot be written: .* Give yourself/) as string,
  });
  const other = Object.assign(new Error('no'), { code: 'EIO' });
  expect(fileFailure(other, '/data/a')).toBe(other);
});

test('a full disk and a read-only one are said in words, and the file from before stays', async () => {
  const folder = await temporaryFolder();
  const run = promisify(execFile);
  const disk = join(folder, 'disk');
  await mkdir(disk);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  } catch {
    console.log(
      'Not tested: a full disk and a read-only one, because this account may not mount a small one.',
    );
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

  await run('mount', ['-o', 'remount,ro', disk]);
  await expect(writeWhole(path, ['x'])).rejects.toMatchObject({ code: 'bad-input', path });
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
  const left = ['.model.safetensors.41.tmp', '.project.owner.41-7.tmp'];
  const kept = ['.hidden', 'model.safetensors', 'notes.tmp'];
  for (const name of [...left, ...kept]) await writeFile(join(folder, name), '');
  await putWhole(join(folder, 'in-writing'), async (temporary) => {
    await writeFile(temporary, '');
    await sweepTemporary(folder);
  });
  expect((await readdir(folder)).sort()).toEqual([...kept, 'in-writing'].sort());
  await sweepTemporary(join(folder, 'missing'));
});
