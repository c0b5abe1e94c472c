// The bundled backbone against PyTorch: features of four pictures through the worker's task, as
// resources/backbone/export.py recorded them with PyTorch's own resizing. The pictures are of the sample
// (resources/sample/ATTRIBUTION.md, CC BY 4.0), the fourth put together of four.

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import sharp from 'sharp';
import { readBundled } from '#core/backbones/bundled.ts';
import { neverStop } from '#domain/stop.ts';
import { shardAddress, writeShard } from '#worker/files/shard.ts';
import { runBackboneFeatures } from '#worker/tasks/frozen/backbone-task.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

interface Recorded {
  /** By output. */
  readonly pictures: readonly (Readonly<
    Record<'bilinear' | 'bicubic', Record<string, number[]>>
  > & {
    readonly name: string;
    /** Pixels. */
    readonly side: number;
  })[];
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8'),
) as Recorded;
const newFolder = tempFolders();

/** Of recorded pictures of one side, a row each. */
async function featuresOf(
  names: readonly string[],
  side: number,
): Promise<readonly Float32Array[]> {
  const backbone = await readBundled('lite0');
  if ('fault' in backbone) throw new Error(backbone.fault);
  const { card, path: modelPath } = backbone;
  const folder = newFolder();
  async function* pictures(): AsyncGenerator<Uint8Array> {
    for (const name of names) {
      yield await sharp(join(import.meta.dirname, `${name}.png`))
        .raw()
        .toBuffer();
    }
  }
  const window = [[0, 255], [0, 255], [0, 255]] as const; // prettier-ignore
  const shape = { height: side, width: side, channels: 3, type: 'uint8', window } as const;
  const shardPath = join(folder, 'pictures.shard');
  const header = await writeShard(shardPath, shape, pictures());
  const path = join(folder, 'features');
  const { images, size } = await runBackboneFeatures(
    {
      ...{ model: { hash: card.sha256, path: modelPath }, card, engine: 'cpu', path },
      reading: { turns: 1, isSeparate: false },
      threads: 0,
      shard: { name: 'pictures', hash: shardAddress(header), path: shardPath },
    },
    { stop: neverStop, emit: () => undefined },
  );
  expect(images).toBe(names.length);
  const all = new Float32Array(new Uint8Array(await readFile(path)).buffer);
  return names.map((_, row) => all.subarray(row * size, (row + 1) * size));
}

test.each([64, 128])('features of pictures of %i px are those of PyTorch', async (side) => {
  const pictures = recorded.pictures.filter((picture) => picture.side === side);
  expect(pictures.length).toBeGreaterThan(0);
  const features = await featuresOf(
    pictures.map(({ name }) => name),
    side,
  );
  for (const [row, { name, bilinear, bicubic }] of pictures.entries()) {
    const own = features[row]!;
    const expected = Object.values(bilinear).flat();
    expect(own.length, name).toBe(expected.length);
    const apart = expected.map((value, i) => Math.abs(value - own[i]!));
    expect(Math.max(...apart), name).toBeLessThan(1e-4);
    // Resized by a bicubic filter, as others prepare images for this network: 4 to 13 % of an output's length.
    let place = 0;
    for (const [output, values] of Object.entries(bicubic)) {
      const difference = values.map((value, i) => value - own[place + i]!);
      expect(Math.hypot(...difference) / Math.hypot(...values), `${name} ${output}`).toBeLessThan(
        0.15,
      );
      place += values.length;
    }
  }
});
