// Maps of a frozen network: of each channel as a picture of its own where channels are no colours.

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readBundled } from '#core/backbones/bundled.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import type { BackboneCard } from '#worker/files/backbone-card.ts';
import type { FrozenModel } from '#worker/files/model-file.ts';
import { openMaps } from '#worker/tasks/heat/map-reader.ts';
import { noisePixels } from '../../ml/pixel-sets.ts';

async function modelOf(
  pictures: 'colour' | 'channels',
  change: (card: BackboneCard) => BackboneCard = (card) => card,
): Promise<FrozenModel> {
  const backbone = await readBundled('lite0');
  if ('fault' in backbone) throw new Error(backbone.fault);
  const settings = resolveSettings({
    ...{ preset: 'quick', specimen: 'stained', method: 'frozen' },
    overrides: { pictures, threads: 1 },
  });
  const onnx = await readFile(backbone.path);
  // Only the settings and the network are read.
  return {
    description: { settings },
    frozen: { card: change(backbone.card), onnx, readOut: { sections: [] } },
  } as unknown as FrozenModel;
}

it('a picture of all channels has three maps, and each channel as a picture three of its own', async () => {
  const set = noisePixels({ count: 1, height: 40, width: 40, channels: 5 });
  const whole = await openMaps(await modelOf('colour'), 'model');
  const three = noisePixels({ count: 1, height: 40, width: 40, channels: 3 });
  const maps = await whole.read(three, 0);
  expect(maps.map(({ channels, height }) => [channels, height])).toEqual([
    [40, 14],
    [80, 7],
    [112, 7],
  ]);
  await whole.release();

  const separate = await openMaps(await modelOf('channels'), 'model');
  const before = await separate.read(set, 0);
  expect(before).toHaveLength(15);
  // Only the maps of a changed channel change.
  const pixels = set.pixels.slice();
  for (let place = 3; place < pixels.length; place += 5) pixels[place] = 255 - pixels[place]!;
  const after = await separate.read({ ...set, pixels }, 0);
  await separate.release();
  const changed = after.flatMap(({ values }, section) =>
    values.some((value, i) => value !== before[section]!.values[i]) ? [section] : [],
  );
  expect(changed).toEqual([9, 10, 11]);
});

it('a network without maps is refused, with what to use instead', async () => {
  const model = await modelOf('colour', (card) => ({
    ...card,
    // No output of this name is made by averaging.
    outputs: [{ name: 'x', kind: 'vector', channels: 3 }],
  }));
  await expect(openMaps(model, 'model')).rejects.toThrow(
    /"lite0" gives no maps.*another backbone, or a trained one/,
  );
});
