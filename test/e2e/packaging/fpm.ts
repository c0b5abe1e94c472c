// Replaces fpm, which is a download or a Ruby gem, by dpkg-deb. electron-builder runs it as fpm.

import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

const run = promisify(execFile);
const text = { type: 'string' } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ input: { ...text, short: 's' }, force: { type: 'boolean' }, to: { ...text, short: 't' } },
    ...{ depends: { ...text, short: 'd', multiple: true }, package: text },
    'deb-recommends': { ...text, multiple: true },
    ...{ 'deb-compression': text, 'deb-priority': text, architecture: text, version: text },
    ...{ 'after-install': text, 'after-remove': text, description: text, name: text },
    ...{ maintainer: text, vendor: text, url: text, category: text, license: text },
  },
});

/** Kilobytes of a file, or of all that is in a folder. */
async function kilobytes(path: string): Promise<number> {
  return Number((await run('du', ['-ks', path])).stdout.split('\t')[0]);
}

const root = await mkdtemp(join(tmpdir(), 'normscope-deb-'));
try {
  // The root of the package must be readable by all users.
  await chmod(root, 0o755);
  for (const pair of positionals) {
    const at = pair.lastIndexOf('=');
    const [from, to] = [pair.slice(0, at), join(root, pair.slice(at + 1))];
    await mkdir((await stat(from)).isDirectory() ? to : dirname(to), { recursive: true });
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
  }
  const fields: readonly [string, string | undefined][] = [
    ['Package', values.name],
    ['Version', values.version],
    ['License', values.license],
    ['Vendor', values.vendor],
    ['Architecture', values.architecture],
    ['Maintainer', values.maintainer],
    ['Installed-Size', String(await kilobytes(root))],
    ['Depends', values.depends?.join(', ')],
    ['Recommends', values['deb-recommends']?.join(', ')],
    ['Section', values.category],
    ['Priority', values['deb-priority']],
    ['Homepage', values.url],
    ['Description', values.description?.trim()],
  ];
  const control = join(root, 'DEBIAN');
  await mkdir(control);
  const lines = fields.map(([name, value]) => (value ? `${name}: ${value}\n` : ''));
  await writeFile(join(control, 'control'), lines.join(''));
  for (const [name, path] of [
    ['postinst', values['after-install']!],
    ['postrm', values['after-remove']!],
  ] as const) {
    await writeFile(join(control, name), await readFile(path), { mode: 0o755 });
  }
  // fpm's name for it, and dpkg's.
  const compression = values['deb-compression'] === 'gz' ? 'gzip' : values['deb-compression']!;
  // The least compression: the package is taken apart again.
  const options = ['--root-owner-group', `-Z${compression}`, '-z1'];
  await run('dpkg-deb', [...options, '--build', root, values.package!]);
} finally {
  await rm(root, { recursive: true, force: true });
}
