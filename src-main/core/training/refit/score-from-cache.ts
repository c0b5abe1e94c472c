// Scores by a refit of all images whose features are cached; the others are scored from their pixels afterwards.

import { throwIfStopped } from '#domain/stop.ts';
import type { FeatureCache } from '../../features/feature-cache.ts';
import type { JobContext } from '../../jobs/queue.ts';
import { datasetNamed } from '../../runs/run-items.ts';
import { readOutKey } from '../../scores/read-out-key.ts';
import { scoringModel, trainedModel } from '../../scores/scoring-model.ts';
import type { ProjectDatabase } from '../../store/database.ts';
import { items } from '../../store/images/datasets.ts';
import { putScore } from '../../store/runs/scores.ts';
import { withLease, type Compute } from '../../workers/compute.ts';
import type { withRows } from './refit-run.ts';

interface Ports {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  readonly cache: FeatureCache;
  readonly withRows: typeof withRows;
}

/** Images whose features are in memory at once: about 100 MB. */
const atOnce = 20_000;

/** Throws `checkpoint-damaged`, `stopped`, `disk-full`. */
export async function scoreFromCache(
  modelId: number,
  datasets: readonly string[],
  { stop, report }: JobContext,
  ports: Ports,
): Promise<void> {
  const { database, folder, compute, cache } = ports;
  const { trained, images } = database.read((reader) => {
    const all = datasets.flatMap((name) => items(reader, datasetNamed(reader, name)));
    return {
      trained: trainedModel(reader, modelId),
      images: new Map(all.map(({ hash, imageId }) => [hash, imageId])),
    };
  });
  const model = await compute.put((await scoringModel(database, folder, modelId, 'cpu')).file);
  const hashes = [...images.keys()];
  await withLease(compute, async (lease) => {
    for (let start = 0; start < hashes.length; start += atOnce) {
      throwIfStopped(stop);
      report({ done: start, total: hashes.length, note: 'Scoring all images' });
      const some = hashes.slice(start, start + atOnce);
      const known = [...(await cache.read(readOutKey(trained), some))];
      if (known.length === 0) continue;
      const rows = known.map(([, row]) => row);
      const { scores } = await ports.withRows(rows, ports, (input) =>
        lease.call('scoreRows', { model, rows: input }, stop),
      );
      database.transact((writer) => {
        known.forEach(([hash], place) => {
          putScore(writer, modelId, images.get(hash)!, scores[place]!);
        });
      });
    }
  });
}
