// The control of a comparison: test images ranked by the read-out of a network with random weights.

import type { RunConfig } from '#contract/run-config.ts';
import { findCard } from '#domain/methods/methods.ts';
import { presetMethod, resolveSettings } from '#domain/run-settings.ts';
import type { Stop } from '#domain/stop.ts';
import type { DatasetItem } from '../../datasets/items.ts';
import { writePixelShards } from '../../datasets/pixel-shards.ts';
import { readRunPixels } from '../../runs/run-config.ts';
import { isTrainingNormal } from '../../runs/run-items.ts';
import { sample } from '../../scores/sample.ts';
import { shardImages } from '../../scores/shard-images.ts';
import { withLease } from '../../workers/compute.ts';
import type { ModelRun, ValidationPorts } from '../validation.ts';

/** More training normals change the statistics of the read-out little. */
const mostNormals = 2000;

export interface ControlRun {
  readonly run: ModelRun;
  readonly config: RunConfig;
}

/**
 * Anomaly scores of test images by image id, of each seed; images that cannot be read have none. The network is
 * that of the first method that trains one, or else that of the preset. Throws `stopped`, and what scoring
 * throws.
 */
export async function controlScores(
  runs: readonly ControlRun[],
  seeds: readonly number[],
  items: readonly DatasetItem[],
  test: readonly DatasetItem[],
  stop: Stop,
  { database, folder, compute }: ValidationPorts,
): Promise<readonly ReadonlyMap<number, number>[]> {
  const trained = runs.find(({ run }) => findCard(run.method)?.learningType !== 'none');
  const { run, config } = trained ?? runs[0]!;
  const { preset, specimen } = config;
  const method = trained ? config.method : presetMethod[preset];
  const settings = trained
    ? config.settings
    : resolveSettings({ preset, specimen, method, overrides: {} });
  const { side, channels, type, window } = readRunPixels(run);
  const prepare = async (some: readonly DatasetItem[]) =>
    await writePixelShards(
      { images: await shardImages(database, folder, some), side, channels, like: { type, window } },
      { projectFolder: folder, stop },
    );
  const learnt = sample(items.filter(isTrainingNormal), mostNormals, config.seed, 0);
  const [normals, images] = [await prepare(learnt), await prepare(test)];
  const put = ({ hash, path }: typeof normals) => compute.put({ hash, path });
  const task = {
    normals: { name: 'training normals', ...(await put(normals)) },
    images: { name: 'test images', ...(await put(images)) },
    ...{ method, settings },
  };
  const all: ReadonlyMap<number, number>[] = [];
  for (const seed of seeds) {
    const { anomaly } = await withLease(compute, (lease) =>
      lease.call('randomBaseline', { ...task, seed }, stop),
    );
    all.push(new Map(anomaly.map((score, place) => [test[images.held[place]!]!.imageId, score])));
  }
  return all;
}
