// "npm run test:nightly": every lane at full size, then the scenarios in both hosts. With arguments they go to
// vitest, and the scenarios are left out. A program, because an environment variable before a command is
// written differently on each system.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const words = process.argv.slice(2);

/** A script of package.json. True when it passed. */
function passes(script: string, given: readonly string[]): boolean {
  const { status } = spawnSync('npm', ['run', '--silent', script, '--', ...given], {
    cwd: root,
    stdio: 'inherit',
    // npm is a script on Windows.
    shell: process.platform === 'win32',
    env: { ...process.env, NORMSCOPE_TEST_SIZES: 'full' },
  });
  return status === 0;
}

const passed = [passes('test', words), words.length > 0 || passes('test:e2e', [])];
if (passed.includes(false)) process.exitCode = 1;
