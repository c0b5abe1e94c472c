// The statistics of a heat map as a file beside its model, which names the model that it belongs to.

import { z } from 'zod';
import { writeWhole } from '#files/whole-file.ts';
import type { PatchStatistics } from '#ml/heat-map/patch-distance.ts';
import type { HeatScale } from '../contract.ts';
import { damagedFile, encodeTensors, hashOf, readTensors, type FileTensor } from './safetensors.ts';
import { assertTensor } from './state-tensors.ts';

const format = 'normscope-heat-map';
const formatVersion = '1';

const description = z.strictObject({
  format: z.literal(format),
  formatVersion: z.literal(formatVersion),
  /** SHA-256 of the model's file. */
  model: z.string(),
  sections: z.string().regex(/^\d{1,4}$/),
  images: z.string().regex(/^\d{1,9}$/),
  heldOut: z.enum(['yes', 'no']),
  /** Of this file. */
  sha256: z.string(),
});

export interface HeatStatistics extends PatchStatistics {
  readonly from: HeatScale;
}

function names(section: number) {
  return { mean: `section${section}.mean`, factor: `section${section}.factor` };
}

/** Returns the file's SHA-256. Throws as `writeWhole`. */
export async function writeHeatFile(
  path: string,
  model: string,
  { sections, usual, scale, from }: HeatStatistics,
): Promise<string> {
  const ofSections = sections.flatMap(({ mean, factor }, index): [string, FileTensor][] => {
    const own = names(index + 1);
    const d = mean.length;
    return [
      [own.mean, { shape: [d], values: mean }],
      [own.factor, { shape: [d, d], values: factor }],
    ];
  });
  const parts = encodeTensors({
    tensors: {
      ...Object.fromEntries(ofSections),
      usual: { shape: [usual.length], values: usual },
      scale: { shape: [2], values: Float64Array.from(scale) },
    },
    metadata: {
      ...{ format, formatVersion, model, sections: String(sections.length) },
      ...{ images: String(from.images), heldOut: from.isHeldOut ? 'yes' : 'no' },
    },
  });
  await writeWhole(path, parts);
  return hashOf(parts);
}

/** `model`: SHA-256 of the model's file. Throws `not-found`, and `checkpoint-damaged` also for another model's. */
export async function readHeatFile(path: string, model: string): Promise<HeatStatistics> {
  const { tensors, metadata } = await readTensors(path);
  const known = description.safeParse(metadata);
  if (!known.success) throw damagedFile(path, 'its description is malformed');
  if (known.data.model !== model) throw damagedFile(path, 'it belongs to another model');
  const read = (name: string, shape: readonly number[]) =>
    assertTensor(tensors, name, shape, Float64Array, path);
  const count = Number(known.data.sections);
  const sections = Array.from({ length: count }, (_, index) => {
    const own = names(index + 1);
    const d = tensors[own.mean]?.shape[0] ?? 0;
    return { mean: read(own.mean, [d]), factor: read(own.factor, [d, d]) };
  });
  const [low, high] = read('scale', [2]);
  return {
    ...{ sections, usual: read('usual', [count]), scale: [low!, high!] },
    from: { images: Number(known.data.images), isHeldOut: known.data.heldOut === 'yes' },
  };
}
