// Node's compile cache for the processes that tests start: most of their start is the compilation of our
// sources. Filled here, before the tests, because a process that is killed, as workers are, stores nothing.

import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const filled = 'NORMSCOPE_COMPILE_CACHE_IS_FILLED';

/** By the version of Node and the content of each file: what is in it is never out of date. */
export const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), 'normscope-test-compiled') };

/** Each ends at once without a parent. The options of Node are those of their real starts. */
const entries = [
  ['--expose-gc', 'src-main/worker/entry.ts'],
  ['src-main/core/reader/reader-process.ts'],
  ['src-main/engine/examine-process.ts'],
  ['src-main/hosts/cli/main.ts', '--version'],
];

export async function setup(): Promise<void> {
  // Vitest calls it for each of its projects.
  if (process.env[filled] !== undefined) return;
  process.env[filled] = 'yes';
  for (const words of entries) {
    await promisify(execFile)(process.execPath, words, {
      cwd: root,
      env: { ...process.env, ...compileCache },
    });
  }
}
