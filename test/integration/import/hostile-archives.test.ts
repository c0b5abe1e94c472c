// No archive writes or reads anything outside the project's own folder for it (S8).

import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { hostileArchives } from './support/hostile-archives.ts';
import { newFolder } from './support/new-project.ts';
import { openProject } from './support/project.ts';

/** Every file, link and pipe below a folder. */
async function everything(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

test('a hundred hostile archives: nothing is written outside, each hostile member is reported', async () => {
  const root = await newFolder();
  const outside = join(root, 'outside');
  await mkdir(join(outside, 'target'), { recursive: true });
  // Deep, so that names with a few ".." would still end within `root`.
  const project = await openProject(join(root, 'a', 'b'));
  const archives = hostileArchives(outside);
  expect(archives.length).toBeGreaterThanOrEqual(100);
  for (const { name, content } of archives) await writeFile(join(project.files, name), content);

  const result = await project.import(archives.map(({ name }) => join(project.files, name)));
  const { imported, duplicates, notImages } = result;
  const failed = [...result.failed, ...notImages.first];
  const taken = [...project.itemsByPath().keys()];
  for (const { name, refused, images } of archives) {
    const isOf = (path: string) => path.startsWith(join(project.files, name));
    const found = { refused: failed.filter(({ path }) => isOf(path)), images: taken.filter(isOf) };
    expect(found.refused, `refused of ${name}`).toHaveLength(refused);
    expect(found.images, `images of ${name}`).toHaveLength(images);
  }
  const images = archives.reduce((sum, archive) => sum + archive.images, 0);
  expect(imported + duplicates).toBe(images);
  expect(failed).toHaveLength(archives.reduce((sum, { refused }) => sum + refused, 0));
  console.log(
    `${archives.length} hostile archives: ${failed.length} members or archives refused, ` +
      `${images} harmless images imported.`,
  );

  const inside = relative(root, project.folder);
  const files = (await everything(root)).filter(
    (path) => dirname(path) !== join('a', 'b', 'files'),
  );
  const strangers = files.filter((path) => {
    const name = relative(inside, path);
    return !/^(project\.sqlite(-wal|-shm)?|cache\/originals\/[0-9a-f]{64}|cache\/thumbnails\/[0-9a-f]{64}\.webp)$/.test(
      name,
    );
  });
  expect(strangers).toEqual([]);
  expect(files.filter((path) => path.includes('originals'))).toHaveLength(imported);
  for (const path of files) expect((await lstat(join(root, path))).isFile()).toBe(true);
  expect(await readdir('/')).not.toContain('evil.png');
  project.database.close();
});
