// `normscope inspect`, and imports with tiles and domains, as users type them.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { tempFolders } from '../../support/temp-folder.ts';
import { writeTiff } from '../import/support/write-tiff.ts';
import { drawPictures } from '../core/pictures.ts';
import { cli, cliJson } from './cli-process.ts';

const tempFolder = tempFolders();

/** 5 × 4 pixels of 16 bits: 0, 1000, 2000, … row by row, 0.25 × 0.5 µm. */
async function deep(): Promise<string> {
  const path = join(tempFolder(), 'deep.tif');
  const values = Array.from({ length: 20 }, (_, at) => 1000 * at);
  const description =
    '<OME><Image><Pixels SizeC="1" PhysicalSizeX="0.25" PhysicalSizeY="0.5">' +
    '<Channel Name="DAPI"/></Pixels></Image></OME>';
  const text = [...Buffer.from(`${description}\0`)];
  const tags = [{ tag: 270, type: 2, values: text }] as const;
  await writeFile(path, writeTiff({ width: 5, height: 4, bits: 16, values, tags }));
  return path;
}

describe('inspect', () => {
  it('says what a file holds', async () => {
    const file = await deep();
    expect(await cliJson('inspect', file)).toEqual({
      ...{ kind: 'tiff', width: 5, height: 4, channels: [{ name: 'DAPI' }], type: 'uint16' },
      ...{ levels: [{ width: 5, height: 4 }], z: 1, t: 1, images: 1, associated: [] },
      ...{ pixelSizeUm: 0.25, pixelSizeYUm: 0.5, pixelSizeSource: 'file' },
    });
    const { out } = await cli('inspect', file);
    expect(out).toContain('tiff, 5 × 4 pixels, uint16\nchannels: DAPI\n');
    expect(out).toContain('0.2500 × 0.5000 µm');
  });

  it('writes the samples of a region and a channel, little-endian', async () => {
    const out = join(tempFolder(), 'out.raw');
    await cliJson(
      'inspect',
      await deep(),
      '--region',
      '3,1,2,3',
      '--channel',
      'DAPI',
      '--raw',
      out,
    );
    const bytes = await readFile(out);
    expect(Array.from({ length: 6 }, (_, at) => bytes.readUInt16LE(2 * at))).toEqual([
      ...[8000, 9000, 13_000, 14_000, 18_000, 19_000],
    ]);
    expect(bytes).toHaveLength(12);

    const colour = join(tempFolder(), 'colour.png');
    const data = Uint8Array.from([10, 20, 30, 40, 50, 60]);
    const png = sharp(data, { raw: { width: 2, height: 1, channels: 3 } }).png();
    await writeFile(colour, await png.toBuffer());
    for (const [channel, values] of [
      ['0', [10, 40]],
      ['green', [20, 50]],
      ['2', [30, 60]],
    ] as const) {
      await cliJson('inspect', colour, '--channel', channel, '--raw', out);
      expect([...(await readFile(out))]).toEqual(values);
    }
  });

  it.each([
    ['a region beyond the image', ['--region', '4,0,2,1'], 'bad-input', /not inside the image/],
    ['a region that is none', ['--region', '4,0'], 'bad-input', /X,Y,WIDTH,HEIGHT/],
    ['a level', ['--level', '1'], 'bad-input', /no level 1/],
    ['a channel', ['--channel', 'GFP'], 'bad-input', /no channel "GFP".* 0 \(DAPI\)/],
    ['a depth', ['--z', '1'], 'bad-input', /one depth/],
  ])('refuses %s that is not there', async (_, words, code, message) => {
    const { code: exit, err, out } = await cli('inspect', await deep(), ...words, '--json');
    expect([exit === 0, out]).toEqual([false, '']);
    const { error } = JSON.parse(err) as { error: { code: string; message: string } };
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('names the file that is no image', async () => {
    const file = join(tempFolder(), 'note.txt');
    await writeFile(file, 'no image');
    const { code, err } = await cli('inspect', file, '--json');
    expect(code).not.toBe(0);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'not-an-image', path: file } });
  });
});

describe('import', () => {
  it('cuts into tiles, tells what it did, and takes domains from options and tables', async () => {
    const folder = tempFolder();
    const project = join(folder, 'p.normscope');
    await drawPictures(join(folder, 'disc'), 'disc', 2);
    const words = ['--dataset', 'cells', '--tiles', '16,4', '--domain', 'scanner=A'];
    expect(await cliJson('import', project, join(folder, 'disc'), ...words)).toMatchObject({
      ...{ imported: 8, duplicates: 0, failed: [] },
      recognised: ['cut 2 images into 8 tiles'],
    });
    const again = await cli('import', project, join(folder, 'disc'), ...words);
    expect(again.out).toContain('Imported 0 new images into "cells"; 8 images seen before.');
    await mkdir(join(folder, 'tables'));
    const table = join(folder, 'tables', 'list.csv');
    await writeFile(table, `path,scanner,site\n${join(folder, 'disc', 'disc 0000.png')},B,North\n`);
    expect(await cliJson('import', project, table, '--dataset', 'whole')).toMatchObject({
      ...{ imported: 1, failed: [] },
    });
  });

  it.each(['16,16', '4', 'a', '16,-1', '16,4,2'])('refuses tiles of %s', async (tiles) => {
    const project = join(tempFolder(), 'p.normscope');
    const { code, err } = await cli('import', project, '.', '--dataset', 'd', '--tiles', tiles);
    expect(code).not.toBe(0);
    expect(err).toContain('--tiles is the side of a tile in pixels');
  });
});
