// The packages that the app contains, and their licences. A packaged app has a list that was written when
// it was packaged; in a checkout the list is made from the installed packages.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { LicensedPackage, Licences } from '#contract/licences.ts';

/** Bundled into the page, and so not among the dependencies of what runs outside it. */
const inPage = ['svelte', 'chart.js', 'chartjs-plugin-annotation'];
const aroundPage = ['electron'];

export const licenceListName = 'licences.json';

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

const listed = z.array(
  z.strictObject({
    name: z.string(),
    version: z.string(),
    licence: z.string(),
    text: z.string().nullable(),
  }),
);

const root = fileURLToPath(new URL('../../../', import.meta.url));

export async function readLicences(): Promise<Licences> {
  return {
    own: await readFile(join(root, 'LICENSE'), 'utf8'),
    packages: (await writtenList()) ?? (await shippedPackages(root)),
    attributions: await readFile(join(root, 'resources', 'sample', 'ATTRIBUTION.md'), 'utf8'),
    backbone: await readFile(join(root, 'resources', 'backbone', 'ATTRIBUTION.md'), 'utf8'),
  };
}

/** undefined in a checkout. */
async function writtenList(): Promise<LicensedPackage[] | undefined> {
  const text = await readFile(join(root, licenceListName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : listed.parse(JSON.parse(text));
}

/**
 * The packages that the checkout in `folder` depends on, with everything they depend on in turn, by
 * name. Optional packages are listed where they are installed.
 */
export async function shippedPackages(folder: string): Promise<LicensedPackage[]> {
  const own = await readManifest(folder);
  const packages = new Map<string, LicensedPackage>();
  const isRequired = true;
  const queue = [...Object.keys(own?.dependencies ?? {}), ...inPage, ...aroundPage].map((name) => ({
    name,
    from: folder,
    isRequired,
  }));
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { name, from } = next;
    const found = await findPackage(folder, from, name);
    if (!found) {
      if (next.isRequired) throw new Error(`The package ${name} is not installed.`);
      continue;
    }
    const { path, about } = found;
    const key = `${about.name} ${about.version}`;
    if (packages.has(key)) continue;
    packages.set(key, await licenceOf(path, about));
    // What Electron's package depends on downloads it, and is not shipped.
    if (aroundPage.includes(name)) continue;
    const add = (names: object, required: boolean) =>
      queue.push(
        ...Object.keys(names).map((other) => ({ name: other, from: path, isRequired: required })),
      );
    add(about.optionalDependencies, false);
    const optional = about.optionalDependencies;
    add(
      Object.fromEntries(
        Object.entries(about.dependencies).filter(([other]) => !Object.hasOwn(optional, other)),
      ),
      true,
    );
  }
  return [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Manifest = z.infer<typeof manifest>;

/** Resolved as Node does: beside the package that needs it, then in the folders above. */
async function findPackage(
  top: string,
  from: string,
  name: string,
): Promise<{ path: string; about: Manifest } | undefined> {
  for (let at = from; ; at = join(at, '..')) {
    const path = join(at, 'node_modules', name);
    const about = await readManifest(path);
    if (about) return { path, about };
    if (join(at) === join(top) || at === join(at, '..')) return undefined;
  }
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : manifest.parse(JSON.parse(text));
}

async function licenceOf(path: string, { name, version, license }: Manifest) {
  const licence = typeof license === 'object' ? license.type : (license ?? 'see its text');
  const files = (await readdir(path)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = await Promise.all(
    files.sort().map((file) => readFile(join(path, file), 'utf8').catch(() => '')),
  );
  const text = texts.filter((one) => one !== '').join('\n\n');
  return { name, version, licence, text: text === '' ? null : text };
}
