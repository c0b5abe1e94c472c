// The masks and label images of a folder or an archive.

import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import type { ImageReader } from '../reader/reader.ts';
import type { ValueSpread } from '../reader/value-spread.ts';
import { endsJob } from '../formats/unreadable.ts';
import { masksByContent } from './mask-content.ts';
import { masksByName, suspectsIn } from './mask-names.ts';

/** Larger images are no masks by content: looking at one would take a second. */
const pixelLimit = 36e6;

/** The reader that looks into files, started when one is needed. */
export type ReaderOnDemand = () => Pick<ImageReader, 'run'>;

/**
 * names: of all files below `root` with "/" between folders. Members of an archive are recognised by their names
 * alone. Throws `stopped`.
 */
export async function findMasks(
  names: readonly string[],
  root: string,
  reader: ReaderOnDemand | null,
): Promise<ReadonlySet<string>> {
  const masks = masksByName(names);
  if (reader === null) return masks;
  const looked = new Map<string, Promise<ValueSpread | null>>();
  const look = (name: string) => {
    const known = looked.get(name);
    if (known !== undefined) return known;
    const path = join(root, name);
    const found = reader()
      .run({ kind: 'valueSpread', path, pixelLimit })
      .catch((error: unknown) => {
        if (error instanceof Failure && !endsJob(error)) return null;
        throw error;
      });
    looked.set(name, found);
    return found;
  };
  for (const name of await masksByContent(suspectsIn(names, masks), look)) masks.add(name);
  return masks;
}
