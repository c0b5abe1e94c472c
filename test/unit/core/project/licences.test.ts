// The list of licences holds what is shipped, and no page imports a package that it leaves out.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readLicences } from '#core/project/licences.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

it('lists every dependency, what they depend on, and the libraries inside libraries', async () => {
  const { packages, own, attributions, backbone } = await readLicences();
  const names = packages.map(({ name }) => name);
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect(names).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  expect(names).toContain('electron');
  // libvips comes inside a package of sharp for this system.
  expect(names.some((name) => name.startsWith('@img/sharp-libvips-'))).toBe(true);
  expect(packages.filter(({ licence }) => licence === '')).toEqual([]);
  expect(packages.find(({ name }) => name === 'zod')).toMatchObject({
    ...{ licence: 'MIT', text: expect.stringContaining('Permission is hereby granted') as string },
  });
  expect(own).toContain('Apache License');
  expect(attributions.length).toBeGreaterThan(100);
  expect(backbone).toMatch(/EfficientNet-Lite0[^]*Apache License, Version 2\.0/);
});

it('lists whatever the page imports', async () => {
  const names = new Set((await readLicences()).packages.map(({ name }) => name));
  const folder = join(root, 'src-renderer');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const imported = files
    .filter((file) => /\.(ts|svelte)$/.test(file))
    .flatMap((file) => [
      ...readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|import) '([^'.#/][^']*)'/g),
    ])
    .map(([, path]) => /^(@[^/]+\/)?[^/]+/.exec(path!)![0]);
  expect(imported.length).toBeGreaterThan(15);
  expect([...new Set(imported)].filter((name) => !names.has(name))).toEqual([]);
});
