// Regions: rectangles of an image that are catalogued as separate images.

import { hash } from 'node:crypto';
import type { Rectangle, RegionAddress } from '#domain/pixels/region-address.ts';
import { requireInside, type PixelSource, type SampleBlock } from './pixel-source.ts';
import { pipelineOfBlock } from './pipeline.ts';

/**
 * A region's identity: SHA-256, hexadecimal, of the ASCII text
 * `region SOURCE_HASH LEVEL X Y WIDTH HEIGHT`, with single spaces, the source's hash in 64 lower-case
 * hexadecimal digits and the numbers in decimal without leading zeros; no line end.
 */
export function regionHash({ sourceHash, level, x, y, width, height }: RegionAddress): string {
  return hash('sha256', `region ${sourceHash} ${level} ${x} ${y} ${width} ${height}`, 'hex');
}

/**
 * A rectangle of a level as an image of one level, so that code for images also reads regions.
 * Closing it leaves the source open. Throws `bad-input` when the rectangle is not inside the level.
 */
export function regionSource(source: PixelSource, region: Rectangle, level: number): PixelSource {
  requireInside(source, region, level);
  const { width, height } = region;
  const { downsample } = source.levels[level]!;
  const levels = [{ width, height, downsample: 1 }];
  const placed = (inner: Rectangle, ofLevel: number) => {
    requireInside({ levels }, inner, ofLevel);
    return { ...inner, x: region.x + inner.x, y: region.y + inner.y };
  };
  const size = source.pixelSizeUm;
  return {
    ...source,
    ...{ width, height, levels },
    pixelSizeUm: size && { x: size.x * downsample, y: size.y * downsample },
    read: async (inner, ofLevel) => await source.read(placed(inner, ofLevel), level),
    // From samples, never from a decoder's reduced picture, so that a region always has the same bits.
    pipeline: async (inner, ofLevel) =>
      pipelineOfBlock(await source.read(placed(inner, ofLevel), level)),
    associated: new Map(),
    close: () => Promise.resolve(),
  };
}

/** Decoded at once when many regions of one image are read, bytes. */
const bandBytes = 64 * 2 ** 20;

/**
 * Reads many regions of one level of an image: decodes it in few bands across its width, each at most
 * `mostBytes` unless one region is larger, and gives `use` each region as a source in memory, from top to
 * bottom, with its index in `regions`. Throws as `read`, and what `use` throws.
 */
export async function eachRegion(
  source: PixelSource,
  regions: readonly Rectangle[],
  level: number,
  use: (region: PixelSource, index: number) => Promise<void>,
  mostBytes = bandBytes,
): Promise<void> {
  for (const region of regions) requireInside(source, region, level);
  const order = regions.map((_, index) => index).sort((a, b) => regions[a]!.y - regions[b]!.y);
  const perRow = source.levels[level]!.width * source.channels.length * bytesOf(source);
  const mostRows = Math.max(1, Math.floor(mostBytes / perRow));
  for (let start = 0; start < order.length;) {
    const top = regions[order[start]!]!.y;
    let bottom = bottomOf(regions[order[start]!]!);
    let end = start + 1;
    for (; end < order.length; end++) {
      const next = Math.max(bottom, bottomOf(regions[order[end]!]!));
      if (next - top > mostRows) break;
      bottom = next;
    }
    const among = order.slice(start, end);
    const left = Math.min(...among.map((index) => regions[index]!.x));
    const right = Math.max(...among.map((index) => regions[index]!.x + regions[index]!.width));
    const place = { x: left, y: top, width: right - left, height: bottom - top };
    const band = sourceOf(await source.read(place, level), source);
    for (const index of among) {
      const { x, y, width, height } = regions[index]!;
      await use(regionSource(band, { x: x - left, y: y - top, width, height }, 0), index);
    }
    start = end;
  }
}

function bottomOf({ y, height }: Rectangle): number {
  return y + height;
}

function bytesOf({ type }: PixelSource): number {
  return Number(/\d+$/.exec(type)![0]) / 8;
}

/** Samples in memory as an image. */
function sourceOf(block: SampleBlock, like: PixelSource): PixelSource {
  const { width, height } = block;
  const levels = [{ width, height, downsample: 1 }];
  return {
    ...like,
    ...{ width, height, levels },
    read: (region, level) => {
      requireInside({ levels }, region, level);
      return Promise.resolve(cropped(block, region));
    },
    pipeline: (region, level) => {
      requireInside({ levels }, region, level);
      return Promise.resolve(pipelineOfBlock(cropped(block, region)));
    },
    associated: new Map(),
    close: () => Promise.resolve(),
  };
}

/** A copy of the rectangle, which must be inside the block. */
function cropped(block: SampleBlock, { x, y, width, height }: Rectangle): SampleBlock {
  const { channels } = block;
  const length = width * channels;
  const pixels = block.pixels.slice(0, length * height);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * block.width + x) * channels;
    pixels.set(block.pixels.subarray(from, from + length), row * length);
  }
  return { width, height, channels, pixels };
}
