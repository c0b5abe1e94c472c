// A read-out as tensors of a model file, and back.

import type { ReadOut } from '#ml/read-out/read-out.ts';
import type { FileTensor } from './safetensors.ts';
import { assertTensor } from './state-tensors.ts';

/** Names of the tensors of a section, from 1. */
function sectionNames(section: number) {
  return { mean: `readOut.section${section}.mean`, factor: `readOut.section${section}.factor` };
}
const names = { mean: 'readOut.mean', deviation: 'readOut.deviation' } as const;

export function readOutTensors({ sections, mean, deviation }: ReadOut): Record<string, FileTensor> {
  const ofSections = sections.flatMap((section, index): [string, FileTensor][] => {
    const own = sectionNames(index + 1);
    const d = section.mean.length;
    return [
      [own.mean, { shape: [d], values: section.mean }],
      [own.factor, { shape: [d, d], values: section.factor }],
    ];
  });
  return {
    ...Object.fromEntries(ofSections),
    [names.mean]: { shape: [mean.length], values: mean },
    [names.deviation]: { shape: [deviation.length], values: deviation },
  };
}

/**
 * `lengths`: of the stages of one picture. null in a file of a version without the read-out. Throws
 * `checkpoint-damaged`.
 */
export function readReadOut(
  tensors: Readonly<Record<string, FileTensor>>,
  lengths: readonly number[],
  pictures: number,
  path: string,
): ReadOut | null {
  if (!Object.hasOwn(tensors, names.mean)) return null;
  const read = (name: string, shape: readonly number[]) =>
    assertTensor(tensors, name, shape, Float64Array, path);
  const all = Array.from({ length: pictures }, () => lengths).flat();
  return {
    sections: all.map((d, index) => {
      const { mean, factor } = sectionNames(index + 1);
      return { mean: read(mean, [d]), factor: read(factor, [d, d]) };
    }),
    mean: read(names.mean, [lengths.length]),
    deviation: read(names.deviation, [lengths.length]),
  };
}
