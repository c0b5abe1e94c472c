// The bundled sample: which archives it has and what is imported from them.

import { fileURLToPath } from 'node:url';
import type { importInput } from '#contract/core.ts';
import type { z } from 'zod';

const folder = new URL('../../resources/sample/', import.meta.url);

function archive(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** In this order: the cells to train on and to judge, then the photographs as outliers. */
export const sampleImports: readonly z.output<typeof importInput>[] = [
  { dataset: 'blood cells', paths: [archive('blood-cells.zip')], seed: 0 },
  {
    dataset: 'natural images',
    paths: [archive('natural-images.zip')],
    role: 'outlier',
    seed: 0,
  },
];
