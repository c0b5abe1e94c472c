// The baseline without training (nearest neighbours on thumbnails and colours), measured on the same
// images as an evaluation.

import type { Baseline } from '#contract/core.ts';
import { auroc } from '#domain/metrics/auroc.ts';
import type { Stop } from '#domain/stop.ts';
import type { Input } from '#worker/contract.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { writePixelShards } from '../datasets/pixel-shards.ts';
import type { ProjectDatabase } from '../store/database.ts';
import type { StoredRun } from '../store/runs/runs.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';
import { countedItems, nothingReadable } from './evaluate.ts';
import { readRunConfig, readRunPixels } from '../runs/run-config.ts';
import { isTrainingNormal } from '../runs/run-items.ts';
import { sample } from './sample.ts';
import { trainedModel } from './scoring-model.ts';
import { shardImages } from './shard-images.ts';
import { withLease, type Compute } from '../workers/compute.ts';

/** Every image is compared with every training normal, so larger lists are sampled. */
const most = 2000;

export interface BaselinePorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
}

/** The two sides of a baseline: the training normals of a model, and the images to score. */
export interface BaselineImages {
  readonly run: StoredRun;
  readonly training: readonly DatasetItem[];
  readonly judged: readonly DatasetItem[];
}

/** Throws as `evaluate`. */
export function baselineImages(
  database: ProjectDatabase,
  modelId: number,
  dataset: string,
): BaselineImages {
  return database.read((reader) => {
    const trained = trainedModel(reader, modelId);
    const { seed } = trained.config;
    const training = snapshotItems(reader, trained.run.snapshotId).filter(isTrainingNormal);
    const { normals, anomalies } = countedItems(reader, trained, dataset);
    return {
      run: trained.run,
      training: sample(training, most, seed, 0),
      judged: [...sample(normals, most, seed, 1), ...sample(anomalies, most, seed, 2)],
    };
  });
}

/**
 * By nearest neighbours on thumbnails (`weights` none), or by the read-out of the run's network with random
 * weights. Throws as `evaluate`, `stopped`, `link-closed`, and `too-few-images` when none can be read.
 */
export async function baselineOf(
  modelId: number,
  dataset: string,
  weights: 'none' | 'random',
  stop: Stop,
  { database, folder, compute }: BaselinePorts,
): Promise<Baseline> {
  const { run, training, judged: images } = baselineImages(database, modelId, dataset);
  const { side, channels, type, window } = readRunPixels(run);
  const prepare = async (items: readonly { readonly imageId: number }[]) =>
    writePixelShards(
      {
        images: await shardImages(database, folder, items),
        side,
        channels,
        like: { type, window },
      },
      { projectFolder: folder, stop },
    );
  const normals = await prepare(training);
  const judged = await prepare(images);
  const put = ({ hash, path }: Input) => compute.put({ hash, path });
  const task = {
    normals: { name: 'training normals', ...(await put(normals)) },
    images: { name: `images of "${dataset}"`, ...(await put(judged)) },
  };
  const { method, settings, seed } = readRunConfig(run);
  const { anomaly } = await withLease(compute, (lease) =>
    weights === 'none'
      ? lease.call('baseline', task, stop)
      : lease.call('randomBaseline', { ...task, method, settings, seed }, stop),
  );
  const scoresOfRole = (role: 'normal' | 'anomaly') =>
    anomaly.filter((_, place) => images[judged.held[place]!]!.role === role);
  const normal = scoresOfRole('normal');
  const anomalous = scoresOfRole('anomaly');
  if (normal.length === 0 || anomalous.length === 0) throw nothingReadable(dataset);
  return {
    ...auroc(normal, anomalous),
    counts: { normal: normal.length, anomalous: anomalous.length },
  };
}
