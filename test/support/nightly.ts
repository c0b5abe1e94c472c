// "npm run test:nightly": every lane at full size. A program, because an environment
// variable before a command is written differently on each system.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

const done = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, NORMSCOPE_TEST_SIZES: 'full' },
});
process.exitCode = done.status ?? 1;
