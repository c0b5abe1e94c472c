// Features of the images of a frozen run, by its backbone: of the normal images, to fit the read-out to, and ahead
// of those that it will score, so that each image goes through the network once and one worker does it.

import type { RunConfig } from '#contract/run-config.ts';
import { Failure } from '#domain/failure.ts';
import type { BackboneReference } from '#worker/contract.ts';
import type { ShardImage } from '../datasets/pixel-shards.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { FeatureCache } from '../features/feature-cache.ts';
import type { JobContext } from '../jobs/queue.ts';
import { readRunPixels } from '../runs/run-config.ts';
import { datasetNamed, isCalibrationNormal } from '../runs/run-items.ts';
import { frozenSource, readingWith } from '../scores/frozen/backbone-features.ts';
import { imageFeatures } from '../scores/image-features.ts';
import { shardImages } from '../scores/shard-images.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import type { StoredRun } from '../store/runs/runs.ts';
import type { Compute } from '../workers/compute.ts';

interface FrozenRun {
  /** With its pixels. */
  readonly run: StoredRun;
  readonly config: RunConfig;
  readonly backbone: BackboneReference;
  /** Of its snapshot. */
  readonly items: readonly DatasetItem[];
  /** The normal images that could be read. */
  readonly normals: readonly ShardImage[];
}

interface FrozenPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  readonly cache: FeatureCache;
}

/** Images to score whose features are computed ahead; those of more would have to fit into memory and cache. */
const mostAhead = 10_000;

/** A row for each normal image, in their order. Throws `unreadable-image`, `stopped`, and what computing throws. */
export async function frozenRows(
  { run, config, backbone, items: snapshot, normals }: FrozenRun,
  { stop, report }: JobContext,
  ports: FrozenPorts,
): Promise<readonly Float32Array[]> {
  const { database, folder } = ports;
  const { dataset, rank = false, settings } = config;
  const scored = rank
    ? database.read((reader) => items(reader, datasetNamed(reader, dataset))).slice(0, mostAhead)
    : [];
  const isTaught = new Set(normals.map(({ hash }) => hash));
  const ahead = new Map(
    [...snapshot.filter(isCalibrationNormal), ...scored]
      .filter(({ hash }) => !isTaught.has(hash))
      .map((item) => [item.hash, item]),
  );
  const images = [...normals, ...(await shardImages(database, folder, [...ahead.values()]))];
  const source = frozenSource(
    { card: backbone.card, path: backbone.model.path },
    readingWith(settings),
    readRunPixels(run),
    ports.compute,
    settings.threads,
  );
  const features = await imageFeatures(source, images, {
    ...{ ...ports, stop },
    report: (done, total) => report({ done, total, note: 'Computing features of the images' }),
  });
  return normals.map(({ hash, paths: [path] }) => {
    const row = features.get(hash);
    if (row !== undefined) return row;
    throw new Failure(
      'unreadable-image',
      `The image ${path} could be read a moment ago and cannot be read any more. Check that its folder or ` +
        'drive is there, and resume the run.',
      path,
    );
  });
}
