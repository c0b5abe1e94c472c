// Lays out what the packaged app runs outside Electron: the bundled Node, the sources of the core, the
// packages they need, the sample, the backbone. Goes to dist/core; electron-builder takes it from there.

import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { licenceListName, shippedPackages } from '#core/project/licences.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const target = join(root, 'dist', 'core');

/** Files that no running program reads. */
const notNeeded =
  /\.(d\.[cm]?ts|map|md|markdown)$|(^|\/)(test|tests|docs?|examples?|\.github)(\/|$)/;

/** By package: the files that it needs on this system; packages without an entry are copied whole. */
const needed: Readonly<Record<string, RegExp>> = {
  node: /^(bin|package\.json|LICENSE)/,
  'better-sqlite3': new RegExp(
    `^(package\\.json|LICENSE|lib|prebuilds(/[^/]*${process.platform}-${process.arch}[^/]*|$))`,
  ),
  'onnxruntime-node': new RegExp(
    `^(package\\.json|dist|bin$|bin/[^/]+$|bin/[^/]+/${process.platform}($|/${process.arch}($|/)))`,
  ),
};

/** Parts of src-main that the packaged app does not run. */
const unused = ['src-main/hosts/electron/packaging', 'src-main/bench'];

async function productionPackages(): Promise<string[]> {
  const { stdout } = await run('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  }).catch((error: unknown) => error as { stdout: string });
  // The first line is the project itself; packages within packages come with their parents.
  const folders = stdout.trim().split('\n').slice(1);
  return folders.filter((folder) => !folders.some((other) => folder.startsWith(other + sep)));
}

async function copyPackage(folder: string): Promise<void> {
  const from = join(root, 'node_modules');
  const filter = needed[relative(from, folder).split(sep).join('/')];
  await cp(folder, join(target, 'node_modules', relative(from, folder)), {
    recursive: true,
    filter: (path) => {
      const inside = relative(folder, path).split(sep).join('/');
      if (inside === '') return true;
      return !notNeeded.test(inside) && (filter?.test(inside) ?? true);
    },
  });
}

async function copySources(): Promise<void> {
  const skipped = unused.map((path) => join(root, path));
  await cp(join(root, 'src-main'), join(target, 'src-main'), {
    recursive: true,
    filter: (path) => !skipped.includes(path) && !path.endsWith('.md'),
  });
  await cp(join(root, 'resources', 'sample'), join(target, 'resources', 'sample'), {
    recursive: true,
  });
  await cp(join(root, 'resources', 'backbone'), join(target, 'resources', 'backbone'), {
    recursive: true,
    // What built it.
    filter: (path) => !path.endsWith('.py'),
  });
  await cp(join(root, 'LICENSE'), join(target, 'LICENSE'));
  const text = await readFile(join(root, 'package.json'), 'utf8');
  const { name, version, type, license, imports } = JSON.parse(text) as Record<string, unknown>;
  const manifest = { name, version, type, license, private: true, imports };
  await writeFile(join(target, 'package.json'), JSON.stringify(manifest, undefined, 2));
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await writeFile(join(target, licenceListName), JSON.stringify(await shippedPackages(root)));
const packages = await productionPackages();
for (const folder of packages) await copyPackage(folder);
await copySources();
process.stdout.write(`${basename(target)}: ${packages.length} packages\n`);
