// Masks and label images recognised by their content: few distinct values, or large areas of one value, beside an
// image of the same name that is neither.

import type { ValueSpread } from '../reader/value-spread.ts';
import type { Suspects } from './mask-names.ts';

/** The values of a file's pixels; null when it cannot be read, or is too large to look at. */
export type LookAtValues = (name: string) => Promise<ValueSpread | null>;

/** A mask of a few classes. */
const fewValues = 16;
const manyValues = 32;
/** Share of neighbouring pixels that are equal: in a label image, and at most in a photograph. */
const flat = 0.9;
const grainy = 0.7;

/** The names of the groups that are masks. */
export async function masksByContent(
  suspects: readonly Suspects[],
  look: LookAtValues,
): Promise<Set<string>> {
  const masks = new Set<string>();
  for (const { names, pairs } of suspects) {
    let isSure = false;
    let isRefuted = false;
    for (const { name, twins } of pairs) {
      const values = await look(name);
      if (values === null) continue;
      const isBlank = values.distinct === 1;
      if (isBlank) continue;
      isRefuted = !isMaybeMask(values) || !(await belongsToOne(values, twins, look));
      if (isRefuted) break;
      isSure = true;
    }
    if (isSure && !isRefuted) for (const name of names) masks.add(name);
  }
  return masks;
}

async function belongsToOne(mask: ValueSpread, twins: readonly string[], look: LookAtValues) {
  for (const twin of twins) if (isMaskOf(mask, await look(twin))) return true;
  return false;
}

function isMaybeMask({ distinct, equalNeighbours }: ValueSpread): boolean {
  return distinct <= fewValues || equalNeighbours >= flat;
}

function isMaskOf(mask: ValueSpread, image: ValueSpread | null): boolean {
  if (image === null) return false;
  if (mask.width !== image.width || mask.height !== image.height) return false;
  if (mask.distinct <= fewValues) {
    return image.distinct >= manyValues && image.distinct >= 4 * mask.distinct;
  }
  return image.equalNeighbours <= grainy;
}
