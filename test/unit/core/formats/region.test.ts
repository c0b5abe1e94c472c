import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openImage } from '#core/formats/decode.ts';
import { wholeOf, type PixelSource } from '#core/formats/pixel-source.ts';
import { eachRegion, regionHash, regionSource } from '#core/formats/region.ts';
import { tilesOf } from '#core/formats/tiles.ts';
import { regionAddress } from '#domain/pixels/region-address.ts';
import { writePng } from '../../../integration/import/support/write-png.ts';

const sourceHash = 'ab'.repeat(32);

test('a region is known by the hash of its source, level and rectangle', () => {
  const region = { sourceHash, level: 2, x: 10, y: 0, width: 256, height: 128 };
  const text = `region ${sourceHash} 2 10 0 256 128`;
  expect(regionHash(region)).toBe(createHash('sha256').update(text, 'ascii').digest('hex'));
  for (const change of [{ level: 1 }, { x: 0 }, { y: 1 }, { width: 255 }, { height: 1 }]) {
    expect(regionHash({ ...region, ...change })).not.toBe(regionHash(region));
  }
  expect(regionAddress('/a b/c.tif', region)).toBe('/a b/c.tif#xywh=10,0,256,128&level=2');
  expect(regionAddress('/c.tif', { ...region, level: 0 })).toBe('/c.tif#xywh=10,0,256,128');
});

describe('tiles', () => {
  const cut = (width: number, height: number, side: number, overlap = 0) =>
    tilesOf({ hash: sourceHash, width, height }, { side, overlap });
  const corners = (...given: Parameters<typeof cut>) => cut(...given).map(({ x, y }) => [x, y]);

  test('lie row after row, the last ones moved inward to the edge', () => {
    expect(corners(10, 8, 4)).toEqual([
      ...[0, 4, 6].map((x) => [x, 0]),
      ...[0, 4, 6].map((x) => [x, 4]),
    ]);
    expect(corners(10, 4, 4, 1)).toEqual([0, 3, 6].map((x) => [x, 0]));
  });

  test('are none of an image that is smaller in one direction, or one tile', () => {
    expect([cut(100, 31, 32), cut(31, 100, 32), cut(32, 32, 32)]).toEqual([[], [], []]);
    expect(cut(33, 32, 32)).toHaveLength(2);
  });

  test('cover every pixel, inside the image, each once in the list', () => {
    fc.assert(
      fc.property(
        ...[fc.integer({ min: 8, max: 90 }), fc.integer({ min: 8, max: 90 })],
        ...[fc.integer({ min: 8, max: 40 }), fc.integer({ min: 0, max: 39 })],
        (width, height, side, more) => {
          const overlap = more % side;
          const tiles = cut(width, height, side, overlap);
          if (Math.min(width, height) < side) return tiles.length === 0;
          if (tiles.length === 0) return width === side && height === side;
          const hit = new Uint8Array(width * height);
          for (const { x, y } of tiles) {
            if (x + side > width || y + side > height) return false;
            for (let row = y; row < y + side; row++) {
              hit.fill(1, row * width + x, row * width + x + side);
            }
          }
          return hit.every(Boolean) && new Set(tiles.map(regionHash)).size === tiles.length;
        },
      ),
    );
  });

  test('are refused when there are too many', () => {
    expect(() => cut(10_000, 10_000, 16, 15)).toThrow(/99700225 tiles; the limit is 100000/);
  });
});

describe('a region of an image', () => {
  const data = Uint8Array.from({ length: 12 * 9 * 3 }, (_, at) => at % 256);
  const picture = () => openImage(writePng({ width: 12, height: 9, colorType: 2, data }));

  test.each([1, 40, 200, 10_000])('is the same in bands of %d bytes', async (mostBytes) => {
    const image = await picture();
    const regions = tilesOf({ hash: sourceHash, width: 12, height: 9 }, { side: 8, overlap: 7 });
    regions.reverse();
    const reads: number[] = [];
    const counted = {
      ...image,
      read: (...asked: Parameters<typeof image.read>) => {
        reads.push(asked[0].height);
        return image.read(...asked);
      },
    };
    const seen: number[] = [];
    const use = async (region: PixelSource, index: number) => {
      const { x, y, width, height } = regions[index]!;
      const alone = await image.read({ x, y, width, height }, 0);
      expect(await region.read(wholeOf(region), 0)).toEqual(alone);
      seen.push(index);
    };
    await eachRegion(counted, regions, 0, use, mostBytes);
    expect(seen.toSorted((a, b) => a - b)).toEqual(regions.map((_, index) => index));
    // One region needs 8 rows of 36 bytes; nine rows hold all of them.
    expect(reads).toEqual(mostBytes >= 324 ? [9] : Array(regions.length).fill(8));
  });

  test('may have regions itself', async () => {
    const outer = regionSource(await picture(), { x: 2, y: 3, width: 8, height: 6 }, 0);
    const inner = regionSource(outer, { x: 1, y: 2, width: 2, height: 1 }, 0);
    expect([inner.width, inner.height, inner.levels.length]).toEqual([2, 1, 1]);
    const at = (5 * 12 + 3) * 3;
    expect([...(await inner.read(wholeOf(inner), 0)).pixels]).toEqual([
      ...data.subarray(at, at + 6),
    ]);
  });

  test.each([
    ['beyond the edge', { x: 5, y: 0, width: 8, height: 1 }, 0, /not inside the image of 12 × 9/],
    ['before it', { x: -1, y: 0, width: 1, height: 1 }, 0, /not inside/],
    ['without pixels', { x: 0, y: 0, width: 0, height: 1 }, 0, /not inside/],
    ['between pixels', { x: 0.5, y: 0, width: 1, height: 1 }, 0, /not inside/],
    ['of another level', { x: 0, y: 0, width: 1, height: 1 }, 1, /no level 1: the image has 1/],
  ])('%s is refused in words', async (_, region, level, words) => {
    const image = await picture();
    await expect(image.read(region, level)).rejects.toThrow(words);
    await expect(image.pipeline(region, level)).rejects.toThrow(words);
    expect(() => regionSource(image, region, level)).toThrow(words);
  });
});
