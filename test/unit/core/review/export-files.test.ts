import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportCopies, exportPaths } from '#core/review/export-files.ts';
import { rank } from '#core/scores/rank.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { ours, smallProject } from '../scores/batch/batch-pictures.ts';

const newFolder = tempFolders();

async function project() {
  const { ports, modelId, add } = await smallProject(newFolder(), 20);
  await add({ dataset: 'new', look: ours, count: 6, score: (_, index) => 10 * index });
  const asked = { modelId, dataset: 'new', what: 'flagged' } as const;
  const ranked = ports.database.read((reader) =>
    rank(reader, { modelId, dataset: 'new', offset: 0, limit: 10 }),
  );
  return { ports, asked, ranked };
}

describe('copies of the images', () => {
  it('have the rank in their names, and the bytes of the files', async () => {
    const { ports, asked, ranked } = await project();
    const { path, copied, failed } = await exportCopies(ports, asked);
    expect({ copied, failed }).toEqual({ copied: 5, failed: [] });
    expect(dirname(path)).toBe(join(ports.folder, 'exports'));
    expect(readdirSync(path).sort()).toEqual([
      ...['0001 5.png', '0002 4.png', '0003 3.png', '0004 2.png', '0005 1.png'],
    ]);
    expect(readFileSync(join(path, '0001 5.png'))).toEqual(readFileSync(ranked[0]!.path));
    // Again: another folder.
    expect((await exportCopies(ports, asked)).path).toBe(`${path}-2`);
  });

  it('go where they are asked to, and name files that are gone or have changed', async () => {
    const { ports, asked, ranked } = await project();
    rmSync(ranked[0]!.path);
    writeFileSync(ranked[2]!.path, 'something else');
    const folder = mkdtempSync(join(newFolder(), 'usb '));
    const { path, copied, failed } = await exportCopies(ports, { ...asked, folder });
    expect(dirname(path)).toBe(folder);
    expect(copied).toBe(3);
    expect(readdirSync(path).sort()).toEqual(['0002 4.png', '0004 2.png', '0005 1.png']);
    expect(failed.map(({ path: of }) => of)).toEqual([ranked[0]!.path, ranked[2]!.path]);
    for (const { reason } of failed) expect(reason).toMatch(/^The file /);
  });
});

it('lists paths by rank, one a line', async () => {
  const { ports, asked, ranked } = await project();
  const { path, images } = await exportPaths(ports, { ...asked, what: 'all' });
  expect(images).toBe(6);
  expect(basename(path)).toBe('new-model-1-20261124T120000Z-paths.txt');
  expect(readFileSync(path, 'utf8')).toBe(ranked.map((image) => `${image.path}\n`).join(''));
  await expect(exportPaths(ports, { ...asked, what: 'anomalous' })).rejects.toThrow(
    'There is nothing to export. No image has been judged anomalous.',
  );
});
