// Version 110 of the catalogue, made from filled earlier versions: images are whole files, and their
// channels and pixel sizes are those that were known.

import { expect, it } from 'vitest';
import type { ImageDetails } from '#contract/image.ts';
import { regionHash } from '#core/formats/region.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import { addressesOf } from '#core/store/images/addresses.ts';
import { imageDetails } from '#core/store/images/image-details.ts';
import { addImage, findImage, imageById, storedFile } from '#core/store/images/images.ts';
import { greyChannels } from '#domain/pixels/channel.ts';
import { fill, hashOf, noon, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();
const older = migrations.map(({ version }) => version).filter((version) => version < 110);

it.each(older)('keeps the images of version %i', async (last) => {
  const folder = tempFolder();
  const before = await open(folder, {
    migrations: migrations.filter(({ version }) => version <= last),
  });
  fill(before.database, 2);
  before.database.transact((writer) => {
    writer.run('update image set channels = 1, pixel_size_um = null where id = 2');
  });
  await before.close();

  const { database, close } = await open(folder);
  const [colour, grey] = database.read((reader) => [1, 2].map((id) => imageDetails(reader, id)!));
  expect(seen(colour!)).toEqual({
    channels: ['red', 'green', 'blue'],
    ...{ pixelSizeUm: { x: 0.1, y: 0.1 }, pixelSizeSource: 'file', region: null },
  });
  expect(seen(grey!)).toEqual({
    ...{ channels: ['grey'], pixelSizeUm: null, pixelSizeSource: null, region: null },
  });

  const region = { sourceHash: hashOf(0), level: 0, x: 20, y: 10, width: 64, height: 64 };
  const image = {
    ...{ hash: regionHash(region), bytes: 4096, width: 64, height: 64, channels: greyChannels },
    ...({ bitDepth: 8, pixelSizeUm: null, pixelSizeSource: null, region } as const),
  };
  const id = database.transact((writer) => addImage(writer, image, noon));
  database.read((reader) => {
    expect(findImage(reader, image.hash)).toEqual({ id, ...image });
    expect(addressesOf(reader, id)).toEqual([
      `/pictures/of the lab/ÄÖ 細胞/${hashOf(0)}.tif#xywh=20,10,64,64`,
    ]);
    const source = storedFile(reader, imageById(reader, 1)!).paths;
    expect(storedFile(reader, imageById(reader, id)!)).toEqual({ region, paths: source });
  });
  await close();
});

function seen({ channels, pixelSizeUm, pixelSizeSource, region }: ImageDetails) {
  return { channels: channels.map(({ name }) => name), pixelSizeUm, pixelSizeSource, region };
}
