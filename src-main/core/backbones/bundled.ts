// The backbones that come with Normscope, in resources/backbone: NAME.onnx and its card NAME.json.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readKept, type Backbone, type BrokenBackbone } from './kept-backbone.ts';

const folder = fileURLToPath(new URL('../../../resources/backbone/', import.meta.url));

/** No backbone of a user may have one of these names. */
export const bundledNames: readonly string[] = ['lite0'];

export async function readBundled(name: string): Promise<Backbone | BrokenBackbone> {
  const isBundled = true;
  return await readKept(name, isBundled, join(folder, `${name}.json`), () =>
    join(folder, `${name}.onnx`),
  );
}
