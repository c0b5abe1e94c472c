// A random sample of a long list.

import { purpose, RandomStream } from '#domain/random.ts';

/** All of them, or a seeded sample of `most` in their order. `list`: numbers lists of one seed. */
export function sample<Item>(
  items: readonly Item[],
  most: number,
  seed: number,
  list: number,
): readonly Item[] {
  if (items.length <= most) return items;
  const order = new RandomStream(seed, purpose.sample, list).permutation(items.length);
  const chosen = [...order.subarray(0, most)].sort((a, b) => a - b);
  return chosen.map((index) => items[index]!);
}
