// The bundled sample: which archives it has and what is imported from them.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { importInput } from '#contract/core.ts';
import { builtInPack } from '#domain/run-outliers.ts';
import type { z } from 'zod';

const folder = new URL('../../../resources/sample/', import.meta.url);

function archive(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** In this order: the cells for training and test, then the photographs as outliers. */
export const sampleImports: readonly z.output<typeof importInput>[] = [
  { dataset: 'blood cells', paths: [archive('blood-cells.zip')], seed: 0 },
  {
    dataset: builtInPack,
    paths: [archive('natural-images.zip')],
    role: 'outlier',
    seed: 0,
  },
];

/**
 * The attribution of the sample's images by paragraph, without title and Markdown marks; empty when no
 * image, by its path, belongs to the sample.
 */
export async function sampleAttribution(
  images: readonly { readonly path: string }[],
): Promise<readonly string[]> {
  const archives = sampleImports.flatMap(({ paths }) => paths);
  if (!images.some(({ path }) => archives.some((own) => path.startsWith(own)))) return [];
  const text = await readFile(archive('ATTRIBUTION.md'), 'utf8');
  return text
    .trim()
    .split(/\n\s*\n/)
    .filter((block) => !block.startsWith('# '))
    .map((block) => block.replaceAll(/^#+ |[`<>]/g, '').replaceAll('\n', ' '));
}
