import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const script = join(root, 'node_modules', 'electron-builder', 'cli.js');

/**
 * Runs electron-builder on this project in a child process: one of its packages ends its process
 * with exit code 0, which would hide failed scenarios.
 */
export async function electronBuilder(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const options = { cwd: root, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
  await promisify(execFile)(process.execPath, [script, ...words], options);
}
