// The version of this code, recorded with every run: the package's version, and in a checkout the commit.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** For instance "0.1.0", or "0.1.0+3fa92c1b0d4e" in a checkout, "-dirty" when files were changed. */
export async function readCodeVersion(): Promise<string> {
  const text = await readFile(`${root}package.json`, 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
  const commit = await commitOf(root);
  return commit === undefined ? version : `${version}+${commit}`;
}

/** undefined where there is no checkout or no git. */
async function commitOf(folder: string): Promise<string | undefined> {
  // Without this check git would search the folders above, and find another project's checkout.
  if (!existsSync(`${folder}.git`)) return undefined;
  const words = ['describe', '--always', '--exclude=*', '--abbrev=12', '--dirty'];
  try {
    const { stdout } = await promisify(execFile)('git', words, { cwd: folder, timeout: 5000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
