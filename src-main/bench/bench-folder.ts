// A temporary folder for a benchmark, removed afterwards.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface BenchFolder {
  /** The path of a folder inside, made when missing. */
  readonly make: (name: string) => Promise<string>;
  readonly remove: () => Promise<void>;
}

export async function benchFolder(): Promise<BenchFolder> {
  const root = await mkdtemp(join(tmpdir(), 'normscope-bench-'));
  return {
    make: async (name) => {
      const path = join(root, name);
      await mkdir(path, { recursive: true });
      return path;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
