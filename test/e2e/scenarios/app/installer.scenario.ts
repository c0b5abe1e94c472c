// The Debian package: its metadata, and the app started from its installation folder.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { electronBuilder } from '../../packaging/electron-builder.ts';
import { findElectron } from '../../packaging/electron-runtime.ts';
import { startElectron } from '../../support/electron-host.ts';
import { launchWords } from '../../support/launch-words.ts';

const run = promisify(execFile);
const hasDpkg = existsSync('/usr/bin/dpkg-deb');
if (!hasDpkg) console.log('The Debian package is not built: there is no dpkg-deb here.');

/** Built by electron-builder from the app of the other scenarios; dpkg-deb replaces fpm. */
async function buildDeb(folder: string): Promise<string> {
  const fpm = join(folder, 'fpm');
  const script = fileURLToPath(new URL('../../packaging/fpm.ts', import.meta.url));
  await writeFile(fpm, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  await chmod(fpm, 0o755);
  const { version } = await findElectron();
  await electronBuilder(
    [
      ...['--linux', 'deb', '--prepackaged', dirname(inject('executable'))],
      `-c.electronVersion=${version}`,
      `-c.directories.output=${folder}`,
      // Faster compression than the released package.
      '-c.deb.compression=gz',
    ],
    { CUSTOM_FPM_PATH: fpm },
  );
  const [file] = await readdir(folder).then((names) =>
    names.filter((name) => name.endsWith('.deb')),
  );
  return join(folder, file!);
}

test.skipIf(!hasDpkg)(
  'the Debian package contains menu entry, icons and licence, and its app starts',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'normscope-deb-'));
    try {
      const file = await buildDeb(folder);
      const { stdout: control } = await run('dpkg-deb', ['--field', file]);
      expect(control).toContain('Package: normscope\n');
      expect(control).toContain('Maintainer: Normscope contributors\n');
      expect(control).toContain('Section: science\n');
      expect(control).toMatch(/Homepage: https:/);

      const root = join(folder, 'root');
      await run('dpkg-deb', ['--extract', file, root]);
      const share = join(root, 'usr', 'share');
      const entry = await readFile(join(share, 'applications', 'normscope.desktop'), 'utf8');
      expect(entry).toContain('Exec=/opt/Normscope/normscope %U\n');
      expect(entry).toContain('Icon=normscope\n');
      // The sizes that desktops use.
      for (const size of [16, 48, 256]) {
        const icon = `icons/hicolor/${size}x${size}/apps/normscope.png`;
        expect(existsSync(join(share, icon)), icon).toBe(true);
      }
      const licence = await readFile(join(share, 'doc', 'normscope', 'copyright'), 'utf8');
      expect(licence).toContain('Apache License');

      const executable = join(root, 'opt', 'Normscope', 'normscope');
      const app = await startElectron(executable, launchWords(folder));
      const page = await app.firstWindow();
      await page.getByRole('button', { name: 'New project' }).waitFor();
      await app.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
