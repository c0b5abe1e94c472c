import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ShardShape } from '#worker/files/shard.ts';
import { readShard, verifyShard, writeShard } from '#worker/files/shard.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'normscope-shard-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function* each<Image>(images: readonly Image[]): AsyncGenerator<Image> {
  yield* images;
  await Promise.resolve();
}

const grey: ShardShape = { height: 2, width: 3, channels: 1, type: 'uint8', window: [[0, 255]] };

test('8-bit and 16-bit pixels are read as they were written', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.shard');
  const images = [Uint8Array.of(1, 2, 3, 4, 5, 255), Uint8Array.of(9, 8, 7, 6, 5, 4)];
  const header = await writeShard(path, grey, each(images));
  expect(header).toMatchObject({ ...grey, count: 2 });
  expect(await readShard(path)).toEqual({
    ...header,
    pixels: Uint8Array.of(...images[0]!, ...images[1]!),
  });
  const deep = Uint16Array.of(0, 65535, 256, 257, 3, 4);
  const shape: ShardShape = { ...grey, type: 'uint16', window: [[256, 65535]] };
  await writeShard(path, () => shape, each([deep]));
  const read = await readShard(path);
  expect(read.pixels).toEqual(deep);
  expect(read).toMatchObject({ ...shape, count: 1 });
  expect(await readdir(folder)).toEqual(['a.shard']);
});

test('a stream that breaks leaves no file', async () => {
  const folder = await temporaryFolder();
  async function* broken() {
    yield new Uint8Array(6);
    await Promise.reject(new Error('unreadable'));
  }
  await expect(writeShard(join(folder, 'a.shard'), grey, broken())).rejects.toThrow('unreadable');
  expect(await readdir(folder)).toEqual([]);
});

test('every flipped byte, truncation and false header is found', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.shard');
  const header = await writeShard(path, grey, each([new Uint8Array(6).fill(7)]));
  expect(await verifyShard(path)).toEqual(header);
  const good = await readFile(path);
  const isDamaged = async (bytes: Buffer) => {
    await writeFile(path, bytes);
    await expect(readShard(path)).rejects.toMatchObject({ code: 'checkpoint-damaged', path });
    return verifyShard(path);
  };
  for (const at of [0, 8, 12, good.length - 6, good.length - 1]) {
    const bytes = Buffer.from(good);
    bytes[at]! ^= 0x11;
    expect(await isDamaged(bytes)).toBeUndefined();
  }
  for (const length of [0, 5, 11, 100, good.length - 1]) {
    expect(await isDamaged(good.subarray(0, length))).toBeUndefined();
  }
  const lies = { count: 2 ** 52, height: 0, channels: 2, type: 'float', window: [] };
  for (const [name, value] of Object.entries(lies)) {
    const bytes = Buffer.from(good);
    bytes.fill(' ', 12, 4096);
    bytes.write(JSON.stringify({ ...header, [name]: value }), 12);
    await isDamaged(bytes);
  }
  await expect(readShard(folder)).rejects.toMatchObject({ code: 'checkpoint-damaged' });
  const missing = join(folder, 'none.shard');
  await expect(readShard(missing)).rejects.toMatchObject({ code: 'not-found', path: missing });
  expect(await verifyShard(missing)).toBeUndefined();
});
