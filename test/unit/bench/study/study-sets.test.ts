// Reads a set of the study from a small archive made here: real PNG and TIFF files in a real .tar.gz.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { kept } from '#bench/study/features.ts';
import { picked, readOutliers, readSet } from '#bench/study/study-sets.ts';

const folder = mkdtempSync(join(tmpdir(), 'normscope-study-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function pack(archive: string, members: readonly (readonly [string, number])[]) {
  for (const [name, grey] of members) {
    const path = join(folder, 'files', archive, name);
    mkdirSync(dirname(path), { recursive: true });
    const channels = name.endsWith('.png') ? 1 : 3;
    const raw = Buffer.alloc(64 * 64 * channels, grey);
    const image = sharp(raw, { raw: { width: 64, height: 64, channels } });
    const coloured =
      channels === 1 ? image.toColourspace('b-w').png() : image.jpeg({ quality: 100 });
    writeFileSync(path, await coloured.toBuffer());
  }
  const below = join(folder, 'files', archive);
  execFileSync('tar', ['czf', join(folder, archive), '-C', below, '.']);
}

describe('readSet', () => {
  it('has types, plates and pixels in the order of the names', async () => {
    await pack('mitocheck_64.tar.gz', [
      ['mitocheck_64/Hole/PLLT2--b.png', 30],
      ['mitocheck_64/Grape/PLLT1--a.png', 10],
      ['mitocheck_64/Grape/PLLT2--a.png', 20],
    ]);
    const { images, pixels } = await readSet('mitocheck', folder);
    expect(images.map(({ label, group }) => `${label} ${group}`)).toEqual([
      ...['Grape PLLT1', 'Grape PLLT2', 'Hole PLLT2'],
    ]);
    expect([pixels.count, pixels.channels, pixels.width]).toEqual([3, 1, 64]);
    expect([0, 1, 2].map((index) => pixels.pixels[index * 64 * 64])).toEqual([10, 20, 30]);
  });

  it('says which archive is missing', async () => {
    await expect(readSet('pbc8', folder)).rejects.toMatchObject({
      ...{ code: 'not-found', path: join(folder, 'pbc8_64.tar.gz') },
    });
  });
});

describe('readOutliers', () => {
  it('takes images evenly over the types, in grey where the normals are', async () => {
    const members = ['a', 'b'].flatMap((type) =>
      [1, 2].map((file) => [`oe/${type}/${file}.jpg`, type === 'a' ? 50 : 200] as const),
    );
    await pack('oe.tar.gz', members);
    const outliers = await readOutliers(join(folder, 'oe.tar.gz'), 1, 2);
    expect([outliers.count, outliers.channels]).toEqual([2, 1]);
    expect(outliers.pixels[0]).toBe(50);
    expect(outliers.pixels[64 * 64]).toBe(200);
  });
});

describe('picked', () => {
  it('has some images, or one channel of them with its window', () => {
    const set = {
      ...{ count: 2, height: 1, width: 2, channels: 2 },
      window: [
        [0, 9],
        [1, 8],
      ] as const,
      pixels: Uint16Array.of(0, 1, 2, 3, 10, 11, 12, 13),
    };
    expect([...picked(set, [1]).pixels]).toEqual([10, 11, 12, 13]);
    const second = picked(set, [1, 0], 1);
    expect([...second.pixels]).toEqual([11, 13, 1, 3]);
    expect([second.channels, second.window]).toEqual([1, [[1, 8]]]);
  });
});

describe('kept', () => {
  it('computes features once', async () => {
    let computed = 0;
    const read = () =>
      kept(join(folder, 'cache'), 'name', () => {
        computed++;
        const [upright, turned] = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
        return Promise.resolve({ upright, turned, lengths: [2] });
      });
    const first = await read();
    expect(await read()).toEqual(first);
    expect(computed).toBe(1);
  });
});
