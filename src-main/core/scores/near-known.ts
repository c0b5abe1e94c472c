// Leakage by near duplicates: a normal test image that looks the same as one that the model knows is no new image,
// and figures with it flatter. They are looked for when the model scores a dataset, because that compares
// thumbnails; anomalies that look like outliers are refused before a training (core/outliers/overlaps.ts).

import { join } from 'node:path';
import { counted } from '#domain/figures.ts';
import type { Stop } from '#domain/stop.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { nearTolerance } from '../reader/compare-pictures.ts';
import { withReader } from '../reader/with-reader.ts';
import { imagesSeen, isCalibrationNormal, isTrainingNormal } from '../runs/run-items.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { putNearKnown } from '../store/runs/near-known.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';
import { trainedModel } from './scoring-model.ts';

/** Every image may be compared with every other, so the time grows with the square of the number. */
const mostCompared = 10_000;

/**
 * Stores which normal test images among `images` look the same as a normal that the model was trained or calibrated
 * on. Resolves with a sentence for the user when there are too many to compare all. Throws `stopped`.
 */
export async function findNearKnown(
  modelId: number,
  images: readonly DatasetItem[],
  stop: Stop,
  { database, folder }: { readonly database: ProjectDatabase; readonly folder: string },
): Promise<string | null> {
  const { tested, known } = database.read((reader) => {
    const { run } = trainedModel(reader, modelId);
    const seen = imagesSeen(reader, run);
    return {
      tested: images.filter(
        ({ imageId, role, split }) => role === 'normal' && split === 'test' && !seen.has(imageId),
      ),
      known: snapshotItems(reader, run.snapshotId).filter(
        (item) => isTrainingNormal(item) || isCalibrationNormal(item),
      ),
    };
  });
  const compared = tested.slice(0, mostCompared);
  if (compared.length === 0) return null;
  const pairs = await withReader(stop, (reader) =>
    reader.run({
      kind: 'nearlyEqual',
      thumbnailFolder: join(folder, 'cache', 'thumbnails'),
      ones: compared.map(({ hash }) => hash),
      others: known.slice(0, mostCompared).map(({ hash }) => hash),
      tolerance: nearTolerance,
    }),
  );
  database.transact((writer) => {
    putNearKnown(writer, modelId, {
      compared: compared.map(({ imageId }) => imageId),
      near: pairs.map(({ one }) => compared[one]!.imageId),
    });
  });
  if (tested.length <= mostCompared && known.length <= mostCompared) return null;
  return (
    `Near duplicates of training images were looked for among ${counted(compared.length, 'normal test image')} and ` +
    `${counted(Math.min(known.length, mostCompared), 'known normal')} alone; all would take too long.`
  );
}

/** Leaves out those images where others remain, with a message when there are some. */
export function withoutNearKnown(
  normals: readonly DatasetItem[],
  near: ReadonlySet<number>,
): { readonly counted: readonly DatasetItem[]; readonly warnings: readonly string[] } {
  const others = normals.filter(({ imageId }) => !near.has(imageId));
  const found = normals.length - others.length;
  if (found === 0) return { counted: normals, warnings: [] };
  const what =
    `${counted(found, 'normal test image')} ${found === 1 ? 'looks' : 'look'} the same as images that the model ` +
    'knows (near duplicates), and figures with them flatter';
  return others.length > 0
    ? { counted: others, warnings: [`${what}: not counted here.`] }
    : {
        counted: normals,
        warnings: [`${what}: counted all the same, because there are no others. Import new ones.`],
      };
}
