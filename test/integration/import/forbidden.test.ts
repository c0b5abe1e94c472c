// Files and folders that the user may not read (R13). The superuser may read everything, so that the
// import then runs as another user.

import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { ImportResult } from '#contract/core.ts';
import { newFolder } from './support/new-project.ts';
import { smallPng } from './support/write-png.ts';

const program = join(import.meta.dirname, 'support/import-in-child.ts');
const isSuperuser = process.getuid?.() === 0;
/** nobody on Linux. */
const other = 65534;

// Windows has no permissions that a test can take away by chmod.
test.skipIf(process.platform === 'win32')(
  'a file or folder without permission is reported',
  async (context) => {
    const root = await newFolder();
    const files = join(root, 'files');
    const locked = join(files, 'locked');
    await mkdir(locked, { recursive: true });
    await writeFile(join(files, 'sound.png'), smallPng(1));
    await writeFile(join(files, 'secret.png'), smallPng(2));
    await writeFile(join(locked, 'inside.png'), smallPng(3));
    await chmod(join(files, 'secret.png'), 0);
    await chmod(locked, 0);
    await chmod(root, 0o755);
    const user = isSuperuser ? { uid: other, gid: other } : {};
    if (isSuperuser) {
      await chown(root, other, other);
      await chown(files, other, other);
      for (const name of await readdir(files)) await chown(join(files, name), other, other);
      const canRead = await promisify(execFile)(process.execPath, ['--check', program], user).then(
        () => true,
        () => false,
      );
      if (!canRead) context.skip('the user "nobody" may not read this checkout');
    }
    const { stdout } = await promisify(execFile)(process.execPath, [program, root, files], user);
    await chmod(locked, 0o755);
    const { result } = JSON.parse(stdout) as { result: ImportResult };
    expect(result.imported).toBe(1);
    expect(result.failed).toEqual([
      {
        path: join(files, 'secret.png'),
        code: 'unreadable-image',
        reason: 'Reading it is not permitted. Give yourself permission to read it, or copy it.',
      },
      {
        path: locked,
        code: 'unreadable-image',
        reason:
          'The folder cannot be listed. Reading it is not permitted. Give yourself permission to read it, or copy it.',
      },
    ]);
  },
);
