// Rewrites a TIFF page that libvips cannot read as one that it can, without changing values: one
// plane of a page whose planes are in separate tiles, and Zstandard as deflate.

import { deflateSync, zstdDecompressSync } from 'node:zlib';
import { blocksOf, tags, type TiffPage } from './tiff-directory.ts';
import type { TiffFile } from './tiff-file.ts';
import { reasons, unreadable } from './unreadable.ts';

export const zstandard = 50000;
const deflate = 8;

/** A file whose only page is this one, or the given plane of it as a grey page. */
export function rewritePage(file: TiffFile, page: TiffPage, plane?: number): Buffer {
  const changes = new Map<number, readonly number[]>();
  const fields = file.fields(page.directory);
  const all = blocksOf(file, fields);
  const across = Math.ceil(page.width / page.blockWidth);
  const perPlane = across * Math.ceil(page.height / page.blockHeight);
  const count = page.planar ? perPlane * page.samples : perPlane;
  if (all.offsets.length !== count || all.counts.length !== count) {
    throw unreadable(reasons.damaged);
  }
  const of = <T>(list: T[]) =>
    plane === undefined ? list : list.slice(plane * perPlane, (plane + 1) * perPlane);
  let offsets = of(all.offsets);
  let counts = of(all.counts);
  let blocks: Buffer[] = [];
  if (plane !== undefined) {
    changes.set(tags.samples, [1]).set(tags.bits, [page.bits[0]!]).set(tags.planar, [1]);
    if (page.photometric === 2) changes.set(tags.photometric, [1]);
    changes.set(tags.extraSamples, []).set(tags.sampleFormat, [1]);
  }
  if (page.compression === zstandard) {
    blocks = offsets.map((at, i) => asDeflate(page, file.bytes.subarray(at, at + counts[i]!)));
    counts = blocks.map((block) => block.length);
    let at = file.bytes.length;
    offsets = counts.map((length) => (at += length) - length);
    changes.set(tags.compression, [deflate]);
  }
  changes.set(page.tiled ? tags.tileOffsets : tags.stripOffsets, offsets);
  changes.set(page.tiled ? tags.tileBytes : tags.stripBytes, counts);
  return file.withPage(fields, changes, blocks);
}

/** The block's values are not interpreted: horizontal differences stay differences. */
function asDeflate(page: TiffPage, block: Buffer): Buffer {
  const samples = page.planar ? 1 : page.samples;
  const rowBytes = Math.ceil((page.blockWidth * samples * page.bits[0]!) / 8);
  try {
    const bytes = zstdDecompressSync(block, { maxOutputLength: page.blockHeight * rowBytes });
    return deflateSync(bytes, { level: 0 });
  } catch (error) {
    throw unreadable(reasons.damaged, error);
  }
}
