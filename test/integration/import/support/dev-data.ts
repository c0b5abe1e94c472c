// Where the optional sets of real images are, if they are there.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const standard = resolve(import.meta.dirname, '../../../../../shared/data/dev');

/** The path below the folder of real images; undefined, with a line in the log, when it is absent. */
export function devData(...parts: readonly string[]): string | undefined {
  const path = join(process.env['NORMSCOPE_DEV_DATA'] ?? standard, ...parts);
  if (existsSync(path)) return path;
  console.log(
    `Skipped: ${path} is not there (set NORMSCOPE_DEV_DATA to the folder of real images).`,
  );
  return undefined;
}
