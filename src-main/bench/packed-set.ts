// The packed sets of the benchmarks: archives with members SET/[train|test]/TYPE/FILE, which ours and
// the peer both read.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '#domain/failure.ts';

const execute = promisify(execFile);

export interface PackedSets {
  readonly set: string;
  readonly outliers: string;
}

/** The archives of "pbc8" and of the outliers in `folder`. Throws `not-found`. */
export function packedSets(folder: string, set: string): PackedSets {
  return {
    set: packed(folder, `${set}_64.tar.gz`),
    outliers: packed(folder, 'oe_caltech101_64.tar.gz'),
  };
}

function packed(folder: string, name: string): string {
  const path = resolve(folder, name);
  if (existsSync(path)) return path;
  throw new Failure('not-found', `The packed set is not there. Name its folder with --data.`, path);
}

export async function unpack(archive: string, folder: string): Promise<void> {
  await execute('tar', ['xzf', archive, '-C', folder]);
}

/** The image files below a folder, in the order of their names. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * A small set for both sides: the first `train` files of one type to train on, and the first `test` of
 * it and of the other types, taken in turn. Resolves with its archive and its folder.
 */
export async function smallSet(
  unpacked: string,
  normal: string,
  { train, test }: { readonly train: number; readonly test: number },
  folder: string,
): Promise<{ readonly archive: string; readonly trained: string; readonly tested: string }> {
  const root = join(folder, 'small');
  const types = (await readdir(join(unpacked, 'test'))).sort();
  const others = types.filter((type) => type !== normal);
  const each = Math.ceil(test / others.length);
  await copyFirst(join(unpacked, 'train', normal), join(root, 'train', normal), train);
  await copyFirst(join(unpacked, 'test', normal), join(root, 'test', normal), test);
  for (const type of others) {
    await copyFirst(join(unpacked, 'test', type), join(root, 'test', type), each);
  }
  const archive = join(folder, 'small.tar.gz');
  await execute('tar', ['czf', archive, '-C', folder, 'small']);
  return { archive, trained: join(root, 'train', normal), tested: join(root, 'test') };
}

async function copyFirst(from: string, to: string, count: number): Promise<void> {
  await mkdir(to, { recursive: true });
  const names = (await readdir(from)).sort().slice(0, count);
  for (const name of names) await cp(join(from, name), join(to, name));
}
