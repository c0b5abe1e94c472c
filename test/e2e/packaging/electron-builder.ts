import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const script = join(root, 'node_modules', 'electron-builder', 'cli.js');

/**
 * Runs electron-builder over this project. In a process of its own: one of its parts ends the process it
 * is in with exit code 0, and scenarios that have failed would be said to have succeeded.
 */
export async function electronBuilder(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const options = { cwd: root, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
  await promisify(execFile)(process.execPath, [script, ...words], options);
}
