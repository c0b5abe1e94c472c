// Writes the pixels for a training: those of its normal images, and those of each outlier source,
// prepared in the same way.

import type { RunConfig } from '#contract/run-config.ts';
import type { Input, TrainTask, WeightedShard } from '#worker/contract.ts';
import {
  shardChannels,
  storedSide,
  writePixelShards,
  type PixelShardJob,
  type ShardImage,
} from '../datasets/pixel-shards.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { FeatureCache } from '../features/feature-cache.ts';
import type { JobContext } from '../jobs/queue.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { runSources, setRunPixels, type StoredRun } from '../store/runs/runs.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';
import type { RunPixels } from '../runs/run-config.ts';
import { isTrainingNormal, servesAsOutlier } from '../runs/run-items.ts';
import { shardImages } from '../scores/shard-images.ts';
import type { Compute } from '../workers/compute.ts';
import { hardOutliers } from './hard-outliers.ts';

interface ShardPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  readonly job: JobContext;
  /** Of features, for the choice of hard outliers. */
  readonly cache: FeatureCache;
  /** Called with images that can no longer be read; `count` may be 0. */
  readonly warn: (count: number, of: number, what: string, reason: string | undefined) => void;
}

export interface PreparedImages extends Pick<TrainTask, 'normals' | 'outliers'> {
  readonly pixels: RunPixels;
  /** The normal images that could be read, in the order of their shard. */
  readonly held: readonly ShardImage[];
}

/** Stores with the run how its images are prepared. Throws as `writePixelShards`. */
export async function prepareShards(
  run: StoredRun,
  config: RunConfig,
  items: readonly DatasetItem[],
  ports: ShardPorts,
): Promise<PreparedImages> {
  const { file, pixels, held } = await prepareNormals(run, config, items, ports);
  const outliers = await prepareOutliers(run, config, items, pixels, ports);
  return { normals: { name: config.dataset, ...file }, outliers, pixels, held };
}

async function prepareNormals(
  run: StoredRun,
  { settings, backbone }: RunConfig,
  items: readonly DatasetItem[],
  ports: ShardPorts,
): Promise<{ file: Input } & Pick<PreparedImages, 'pixels' | 'held'>> {
  const { database, folder, warn } = ports;
  const images = await shardImages(database, folder, items.filter(isTrainingNormal));
  const channels = shardChannels(images);
  const side = storedSide(backbone?.inputSize ?? settings.inputSize, images);
  const { path, hash, header, held, problems } = await writePixelShards(
    { images, side, channels },
    shardJob(ports, 'Preparing normal images'),
  );
  warn(problems.length, images.length, 'normal images', problems[0]?.reason);
  const { type, window } = header;
  const pixels: RunPixels = { side, channels, type, window: window.map(([a, b]) => [a, b]) };
  database.transact((writer) => {
    setRunPixels(writer, run.id, JSON.stringify(pixels));
  });
  const file = await ports.compute.put({ hash, path });
  return { file, pixels, held: held.map((index) => images[index]!) };
}

async function prepareOutliers(
  run: StoredRun,
  config: RunConfig,
  normals: readonly DatasetItem[],
  pixels: RunPixels,
  ports: ShardPorts,
): Promise<WeightedShard[]> {
  const { database, folder, warn, job, compute, cache } = ports;
  const { side, channels, type, window } = pixels;
  const { specimen, seed, settings } = config;
  const choice = { specimen, seed, share: settings.hardOutliers, pixels };
  const shards: WeightedShard[] = [];
  const sources = database.read((reader) => runSources(reader, run.id));
  // In the order of the request, which a project with other snapshots would repeat.
  for (const { name, weight } of config.outliers) {
    const { snapshotId } = sources.find((source) => source.name === name)!;
    const items = database.read((reader) => snapshotItems(reader, snapshotId));
    const all = await shardImages(database, folder, items.filter(servesAsOutlier));
    if (choice.share < 1) {
      job.report({ done: 0, total: null, note: `Choosing the hard outliers of "${name}"` });
    }
    const images = await hardOutliers(
      all,
      choice.share < 1 ? await shardImages(database, folder, normals.filter(isTrainingNormal)) : [],
      choice,
      { folder, compute, cache, stop: job.stop },
    );
    const { path, hash, problems } = await writePixelShards(
      { images, side, channels, like: { type, window } },
      shardJob(ports, `Preparing outliers of "${name}"`),
    );
    const what = `images of the outlier source "${name}"`;
    warn(problems.length, images.length, what, problems[0]?.reason);
    shards.push({ name, weight, ...(await ports.compute.put({ hash, path })) });
  }
  return shards;
}

function shardJob({ folder, job }: ShardPorts, note: string): PixelShardJob {
  return {
    projectFolder: folder,
    stop: job.stop,
    report: (done, total) => job.report({ done, total, note }),
  };
}
