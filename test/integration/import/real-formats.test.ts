// Files of real microscopes and programs: each is read with the correct values or refused with a reason.

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openImage } from '#core/formats/decode.ts';
import { wholeOf } from '#core/formats/pixel-source.ts';
import { devData } from './support/dev-data.ts';
import { expectExactRegions } from './support/region-reads.ts';
import { newProject } from './support/new-project.ts';

interface Description {
  readonly dtype: string;
  readonly axes: string;
  readonly shape: readonly number[];
  readonly first8?: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

const formats = devData('formats');

/** What must be refused, and the words that say why. */
const refused: Readonly<Record<string, RegExp>> = {
  'encodings/10ct_32bit_128.tiff': /32-bit floating-point values/,
  'encodings/float32.tif': /32-bit floating-point values/,
  'encodings/color16-multi.tif': /2 images \(it is not said what\)/,
  'encodings/grey16-multi.tif': /2 images \(it is not said what\)/,
  'multi-channel-z-series.ome.tif': /signed values/,
  'multifile_ome/multifile.companion.ome': /not an image but an XML text/,
  'manifest.json': /not an image but a text file/,
};

/** Mean of JPEG data differs by decoder within rounding. */
const meanTolerance = 0.02;

describe.skipIf(formats === undefined)('real files', () => {
  const folder = formats ?? '';
  const read = () =>
    JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Record<string, Description>;

  test('are imported, or refused with a reason', async () => {
    const project = await newProject();
    const result = await project.import(folder);
    // Two of them are texts, which are no failure.
    const failed = new Map(
      [...result.failed, ...result.notImages.first].map(({ path, reason }) => [
        relative(folder, path),
        reason,
      ]),
    );
    expect([...failed.keys()].sort()).toEqual(Object.keys(refused).sort());
    for (const [name, words] of Object.entries(refused)) expect(failed.get(name)).toMatch(words);
    const imported = [...project.itemsByPath().keys()].map((path) => relative(folder, path));
    const wanted = Object.keys(read()).filter((name) => !(name in refused));
    expect(imported.sort()).toEqual(wanted.sort());
  });

  test('have regions with exactly the values of that part of the whole', async () => {
    for (const name of Object.keys(read())) {
      if (name in refused) continue;
      const image = await openImage(readFileSync(join(folder, name)));
      await expectExactRegions(name, image);
    }
  });

  test('have the values that other programs read', async () => {
    for (const [name, wanted] of Object.entries(read())) {
      if (name in refused) continue;
      const image = await openImage(readFileSync(join(folder, name)));
      const block = await image.read(wholeOf(image), 0);
      const { width, height, channels } = block;
      const pixels = Float64Array.from(block.pixels);
      const size = new Map(wanted.axes.split('').map((axis, i) => [axis, wanted.shape[i]!]));
      const { axes, first8 } = wanted;
      // Planes one after the other: the first values are those of the first channel.
      const isPlanar = axes.startsWith('C') || axes.startsWith('S');
      const first = Array.from({ length: 8 }, (_, i) => pixels[isPlanar ? i * channels : i]!);
      const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
      expect({
        name,
        width,
        height,
        channels,
        dtype: block.pixels instanceof Uint16Array ? 'uint16' : 'uint8',
        first: first8 === undefined ? undefined : first,
        min: pixels.reduce((least, value) => Math.min(least, value)),
        max: pixels.reduce((most, value) => Math.max(most, value)),
        isMeanRight: Math.abs(mean - wanted.mean) < meanTolerance,
      }).toEqual({
        name,
        width: size.get('X'),
        height: size.get('Y'),
        channels: size.get('C') ?? size.get('S') ?? 1,
        dtype: wanted.dtype,
        first: first8,
        min: wanted.min,
        max: wanted.max,
        isMeanRight: true,
      });
    }
  });
});
