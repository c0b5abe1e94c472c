// The maps that are made outputs of the bundled backbone are those that its own outputs average: their means are
// the features that PyTorch gave (recorded.json, see backbone.test.ts).

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import sharp from 'sharp';
import { readBundled } from '#core/backbones/bundled.ts';
import { chooseEngine } from '#engine/doctor.ts';
import { withMapOutputs } from '#engine/onnx/map-outputs.ts';
import { backboneView } from '#ml/backbone.ts';

interface Recorded {
  readonly pictures: readonly {
    readonly name: string;
    readonly bilinear: Readonly<Record<string, number[]>>;
  }[];
}

test('maps of the bundled backbone average to its features', async () => {
  const backbone = await readBundled('lite0');
  if ('fault' in backbone) throw new Error(backbone.fault);
  const { input, outputs } = backbone.card;
  const names = outputs.map(({ name }) => name);
  const { bytes, maps } = withMapOutputs(await readFile(backbone.path), [...names, 'gone']);
  expect(maps.at(-1)).toBeNull();
  const found = maps.slice(0, -1).map((name) => name!);
  const engine = await chooseEngine('cpu', 1);
  const model = await engine.load({
    ...{ path: backbone.path, bytes, inputs: [input.name], outputs: found },
  });
  const { data, info } = await sharp(join(import.meta.dirname, 'cell.png'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const window = [[0, 255], [0, 255], [0, 255]] as const; // prettier-ignore
  const set = { count: 1, ...info, channels: 3, window, pixels: new Uint8Array(data) };
  const values = new Float32Array(3 * input.size ** 2);
  backboneView(set, 0, input, values, 0);
  const tensors = await model.run({
    [input.name]: { shape: [1, 3, input.size, input.size], values },
  });
  await model.release();
  const text = readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8');
  const { bilinear } = (JSON.parse(text) as Recorded).pictures.find(({ name }) => name === 'cell')!;
  const sides = names.map((name, index) => {
    const { shape, values: map } = tensors[found[index]!]!;
    const [rows, channels, height, width] = shape;
    expect([rows, 2 * channels!]).toEqual([1, bilinear[name]!.length]);
    const plane = height! * width!;
    for (let channel = 0; channel < channels!; channel++) {
      const own = map.subarray(channel * plane, (channel + 1) * plane);
      const mean = own.reduce((sum, value) => sum + value, 0) / plane;
      expect(Math.abs(mean - bilinear[name]![channel]!)).toBeLessThan(1e-4);
    }
    return height;
  });
  expect(sides).toEqual([28, 14, 7, 7, 3]);
});
