// `normscope inspect`: what a file says of its image, and the samples of a part of it.

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { givenPath } from '#core/archives/existing-path.ts';
import { Failure } from '#domain/failure.ts';
import { significant } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import type { Rectangle } from '#domain/pixels/region-address.ts';
import { command } from '../command.ts';

export const inspect = command({
  summary: 'Says what an image file holds: size, channels, type, levels, size of a pixel',
  about: [
    'Reads one file as an import would, without a project. With --raw, the samples of one channel are ' +
      'written into a file: row by row, without a header, little-endian, in the type that is printed.',
    'A region is in pixels of its level, from the upper left corner. Channels, levels, depths (z) and ' +
      'times (t) are counted from 0; a channel may also be given by its name.',
  ],
  arguments: { file: { placeholder: 'FILE', meaning: 'the image' } },
  options: {
    region: {
      kind: 'text',
      placeholder: 'X,Y,W,H',
      meaning: 'the part of the level to write; without it all of it',
    },
    level: { kind: 'integer', placeholder: 'L', min: 0, standard: 0, meaning: 'the level' },
    channel: { kind: 'text', placeholder: 'C', standard: '0', meaning: 'the channel' },
    z: { kind: 'integer', placeholder: 'Z', min: 0, standard: 0, meaning: 'the depth' },
    t: { kind: 'integer', placeholder: 'T', min: 0, standard: 0, meaning: 'the time' },
    raw: { kind: 'text', placeholder: 'OUT', meaning: 'writes the samples into this file' },
  },
  examples: [
    { words: 'inspect slide.tif', meaning: 'What the file holds.' },
    {
      words: 'inspect slide.tif --region 0,0,256,256 --channel 1 --raw corner.raw',
      meaning: 'The upper left corner of the second channel, as numbers.',
    },
  ],
  run: async ({ file, region, level, channel, z, t, raw }, shell) => {
    const path = await givenPath(file, process.cwd());
    if (z !== 0 || t !== 0) {
      throw new Failure('bad-input', 'Files with one depth and one time are read: z and t are 0.');
    }
    const part = region === undefined ? null : parseRegion(region);
    const { ImageReader } = await import('#core/reader/reader.ts');
    const reader = new ImageReader(1);
    // Also without --raw, so that a region or channel that is not there is told.
    const isAsked = raw !== undefined || part !== null || level !== 0 || channel !== '0';
    const plane = isAsked ? { region: part, level, channel } : null;
    const described = await reader
      .run({ kind: 'describe', path, plane })
      .catch((error: unknown) => {
        throw error instanceof Failure ? new Failure(error.code, error.message, path) : error;
      })
      .finally(() => reader.close());
    const { pixelSizeUm, ...found } = described.file;
    if (raw !== undefined && described.plane !== null) {
      const { buffer, byteOffset, byteLength } = described.plane.pixels;
      await write(resolve(raw), new Uint8Array(buffer, byteOffset, byteLength));
    }
    const { kind, width, height, channels, type, levels } = found;
    shell.answer({
      ...{ kind, width, height, channels, type, levels, z: 1, t: 1, images: 1 },
      ...{ pixelSizeUm: pixelSizeUm?.x ?? null, pixelSizeYUm: pixelSizeUm?.y ?? null },
      ...{ pixelSizeSource: found.pixelSizeSource, associated: found.associated },
    });
    shell.say(
      `${kind}, ${width} × ${height} pixels, ${type}`,
      `channels: ${channels.map(({ name }) => printable(name)).join(', ')}`,
      `levels: ${levels.map((one) => `${one.width} × ${one.height}`).join(', ')}`,
      pixelSizeUm === null
        ? 'size of a pixel: not in the file'
        : `size of a pixel: ${significant(pixelSizeUm.x, 4)} × ${significant(pixelSizeUm.y, 4)} µm`,
    );
    return 0;
  },
});

/** Throws `bad-input`. */
function parseRegion(text: string): Rectangle {
  const found = /^(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})$/.exec(text.trim());
  if (!found) {
    throw new Failure(
      'bad-input',
      `--region is X,Y,WIDTH,HEIGHT in whole pixels, such as 0,0,256,256; not "${printable(text)}".`,
    );
  }
  const [x, y, width, height] = found.slice(1).map(Number) as [number, number, number, number];
  return { x, y, width, height };
}

/** Samples lie in memory as every platform of this program has them: little-endian. */
async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (error) {
    throw new Failure('bad-input', 'The file for the samples cannot be written.', path, {
      cause: error,
    });
  }
}
