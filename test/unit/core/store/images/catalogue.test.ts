// The catalogue as imports and freezes use it: images by content, files by path, items by pair.

import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { ImportRow } from '#core/datasets/items.ts';
import { Catalogue } from '#core/store/images/catalogue.ts';
import { ensureDataset, listDatasets } from '#core/store/images/datasets.ts';
import { addressesOf } from '#core/store/images/addresses.ts';
import { imageById, storedFile } from '#core/store/images/images.ts';
import { addJob } from '#core/store/jobs.ts';
import type { OpenDatabase } from '#core/store/open-database.ts';
import { importProblems } from '#core/store/images/problems.ts';
import { snapshotItems } from '#core/store/runs/snapshots.ts';
import { hashOf, noon, open } from '../../../../support/catalogue.ts';
import { tempFolders } from '../../../../support/temp-folder.ts';

const tempFolder = tempFolders();
let opened: OpenDatabase;
let catalogue: Catalogue;
let cells: number;
let jobId: number;
beforeEach(async () => {
  opened = await open(tempFolder());
  catalogue = new Catalogue(opened.database, '/lab/cells.normscope', () => new Date(noon));
  cells = made('cells');
  jobId = opened.database.transact((writer) => addJob(writer, 'import', '{}', noon));
});
afterEach(() => opened.close());

const made = (name: string) =>
  opened.database.transact((writer) => ensureDataset(writer, name, noon));

const attributes = {
  ...({ role: 'normal', class: 'ig', group: 'patient 1', split: 'train' } as const),
  domain: 'scanner=A; stain=HE',
};

function row(number: number, path: string, item: ImportRow['item'] = attributes) {
  const image = { hash: hashOf(number), bytes: 5000, width: 360, height: 363 } as const;
  const pixelSize = { pixelSizeUm: { x: 0.25, y: 0.26 }, pixelSizeSource: 'file' } as const;
  const channels = [{ name: 'DAPI' }, { name: 'GFP' }, { name: '"RFP"' }];
  return {
    image: { ...image, channels, bitDepth: 16, ...pixelSize, region: null } as const,
    file: { path, modifiedMs: 1_700_000_000_123 },
    item,
    shownAs: null,
  };
}

const save = (...rows: ImportRow[]) => catalogue.save('cells', rows, jobId, []);
const paths = (imageId: number) => opened.database.read((reader) => addressesOf(reader, imageId));

describe('images', () => {
  it('are found again by hash and by path, with everything that was said of them', () => {
    save(row(1, '/lab/pictures/ä "1".tif'));
    const { image, file } = row(1, '/lab/pictures/ä "1".tif');
    expect(catalogue.findImages([hashOf(1), hashOf(2)])).toEqual(
      new Map([[image.hash, { id: 1, ...image }]]),
    );
    expect(catalogue.findFiles([file.path, '/elsewhere'])).toEqual(
      new Map([[file.path, { ...file, imageId: 1, hash: image.hash, bytes: 5000 }]]),
    );
    expect(opened.database.read((reader) => imageById(reader, 1))).toEqual({
      ...{ id: 1, hash: image.hash, width: 360, height: 363, channels: 3, bitDepth: 16 },
    });
  });

  it('with the same bytes are one image in several files', () => {
    save(row(1, '/a.tif'), row(1, '/b.tif'), row(2, '/c.tif'));
    save(row(1, '/d.tif'));
    expect(paths(1)).toEqual(['/a.tif', '/b.tif', '/d.tif']);
    expect(paths(2)).toEqual(['/c.tif']);
    expect(catalogue.items(cells)).toHaveLength(2);
  });

  it('whose file now holds another image move with it', () => {
    save(row(1, '/a.tif'), row(2, '/b.tif'));
    save(row(2, '/a.tif'));
    expect(paths(1)).toEqual([]);
    expect(paths(2).sort()).toEqual(['/a.tif', '/b.tif']);
  });

  it('know the way from the project, which is none on another drive', () => {
    save(row(1, '/lab/pictures/1.tif'));
    const file = opened.database.read((reader) => storedFile(reader, imageById(reader, 1)!));
    expect(file.paths).toEqual([
      { path: '/lab/pictures/1.tif', relativePath: '../pictures/1.tif' },
    ]);
  });
});

describe('a dataset', () => {
  it('is made once for each name', () => {
    expect(made('cells')).toBe(cells);
    expect(made('Cells')).not.toBe(cells);
    expect(catalogue.findDataset('cells')).toBe(cells);
    expect(catalogue.findDataset('cell')).toBeUndefined();
  });

  it('keeps one item an image; a later import replaces it, or leaves it when it says nothing', () => {
    save(row(1, '/a.tif'));
    const outlier = {
      ...({ role: 'outlier', class: null, group: null, split: 'none' } as const),
      domain: null,
    };
    save(row(1, '/a.tif', outlier));
    expect(catalogue.items(cells)).toEqual([{ imageId: 1, hash: hashOf(1), ...outlier }]);
    save(row(1, '/a.tif', null));
    expect(catalogue.findItems(cells, [hashOf(1), hashOf(9)])).toEqual(
      new Map([[hashOf(1), { imageId: 1, hash: hashOf(1), ...outlier }]]),
    );
  });

  it('is counted by role, an empty one too', () => {
    made('blank');
    save(row(1, '/a'), row(2, '/b'), row(3, '/c', { ...attributes, role: 'anomaly' }));
    expect(opened.database.read(listDatasets)).toEqual([
      { name: 'blank', items: 0, roles: {} },
      { name: 'cells', items: 3, roles: { anomaly: 1, normal: 2 } },
    ]);
  });

  it('takes new splits, and refuses roles and splits that do not exist', () => {
    save(row(1, '/a.tif'), row(2, '/b.tif'));
    catalogue.setSplits(cells, new Map([[2, 'test']]));
    expect(catalogue.items(cells).map(({ split }) => split)).toEqual(['train', 'test']);
    const odd = { ...attributes, role: 'strange' as 'normal' };
    expect(() => save(row(3, '/c.tif'), row(4, '/d.tif', odd))).toThrow(/CHECK constraint/);
    expect(catalogue.items(cells)).toHaveLength(2);
    expect(catalogue.findImages([hashOf(3)]).size).toBe(0);
  });
});

describe('problems of an import', () => {
  it('are kept with their job, in order', () => {
    const problems = [
      { path: '/z.png', code: 'unreadable-image', reason: 'The file is empty.' },
      { path: '/a "b"\n.png', code: 'unreadable-image', reason: 'The file is cut off.' },
    ];
    catalogue.save('cells', [row(1, '/a.tif')], jobId, problems);
    expect(opened.database.read((reader) => importProblems(reader, jobId))).toEqual(problems);
    expect(opened.database.read((reader) => importProblems(reader, jobId + 1))).toEqual([]);
  });
});

describe('a snapshot', () => {
  it('stays as it was frozen when the dataset changes', () => {
    save(row(1, '/a.tif'), row(2, '/b.tif'));
    const frozen = catalogue.items(cells).reverse();
    const id = catalogue.addSnapshot(cells, hashOf(77), frozen);
    catalogue.setSplits(cells, new Map([[1, 'test']]));
    save(row(3, '/c.tif'));
    expect(opened.database.read((reader) => snapshotItems(reader, id))).toEqual(frozen);
    expect(catalogue.findSnapshot(hashOf(77))).toBe(id);
    expect(catalogue.findSnapshot(hashOf(78))).toBeUndefined();
  });

  it('is written whole or not at all', () => {
    save(row(1, '/a.tif'));
    const [item] = catalogue.items(cells);
    const absent = { ...item!, imageId: 99 };
    expect(() => catalogue.addSnapshot(cells, hashOf(77), [item!, absent])).toThrow(/FOREIGN KEY/);
    expect(catalogue.findSnapshot(hashOf(77))).toBeUndefined();
  });
});
