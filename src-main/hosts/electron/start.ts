// `npm start` in a checkout: opens the desktop app, or the browser version where Electron's runtime
// is not available. Plain Node, not part of the app.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const electron = dirname(createRequire(import.meta.url).resolve('electron/package.json'));

/** How long Electron's download may take, milliseconds. */
const downloadMs = 300_000;

/** The runtime's executable, or a sentence that says why there is none. */
function findRuntime(): { readonly path: string } | { readonly reason: string } {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    return { reason: 'There is no screen here, so Normscope opens in the browser.' };
  }
  const pathFile = join(electron, 'path.txt');
  if (!existsSync(pathFile)) {
    process.stdout.write('Fetching Electron, once …\n');
    const install = join(electron, 'install.js');
    spawnSync(process.execPath, [install], { timeout: downloadMs, stdio: 'ignore' });
  }
  const path = existsSync(pathFile) && join(electron, 'dist', readFileSync(pathFile, 'utf8'));
  if (path && existsSync(path)) return { path };
  return { reason: 'Electron cannot be downloaded here, so Normscope opens in the browser.' };
}

const words = process.argv.slice(2);
const runtime = findRuntime();
if ('reason' in runtime) process.stdout.write(`${runtime.reason}\n`);
const [program, args] =
  'path' in runtime
    ? [runtime.path, [root, ...words]]
    : [
        process.execPath,
        [
          join(root, 'src-main', 'hosts', 'cli', 'main.ts'),
          'serve',
          words[0] ?? join(homedir(), 'Normscope', 'First project.normscope'),
          ...['--create', '--open'],
        ],
      ];
const child = spawn(program, args, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void child.kill(signal));
}
child.on('exit', (code) => process.exit(code ?? 1));
