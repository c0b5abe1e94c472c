// Estimates the time of a training from some of its steps on random images in a worker, and that of
// a run without training from some images.

import { rm } from 'node:fs/promises';
import type { z } from 'zod';
import type { RunEstimate, trainInput } from '#contract/core.ts';
import { presetMethod, resolveSettings, type RunSettings } from '#domain/run-settings.ts';
import { isTrained, type UntrainedName } from '#domain/methods/methods.ts';
import { standardShifts } from '#domain/run-outliers.ts';
import type { Stop } from '#domain/stop.ts';
import { Backbones } from '../backbones/backbones.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { shardChannels, storedSide } from '../datasets/pixel-shards.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import { onAnyEngine } from '../workers/any-engine.ts';
import { datasetNamed, isCalibrationNormal, isTrainingNormal } from '../runs/run-items.ts';
import { restSeconds } from './estimate-rest.ts';
import { newScoringFolder } from '../scores/scoring-folder.ts';
import { shardImages } from '../scores/shard-images.ts';
import { withLease, type Compute } from '../workers/compute.ts';

/** Steps that are timed; images, where there are no steps. */
const timedSteps = 3;
const timedImages = 8;

/** Number of images whose size and colour are checked. */
const mostImages = 500;

export interface EstimatePorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
}

/**
 * Throws what `runs.train` throws of settings, backbone, engine and disk, `too-few-images`, `stopped`,
 * `link-closed`.
 */
export async function estimateRun(
  input: z.output<typeof trainInput>,
  stop: Stop,
  ports: EstimatePorts,
): Promise<RunEstimate> {
  const { database, folder, compute } = ports;
  const { preset, specimen, overrides } = input;
  const method = input.method ?? presetMethod[preset];
  const settings = resolveSettings({ preset, specimen, method, overrides });
  const isLeftOpen = input.outliers.length + input.shifts.length === 0;
  const shifts = isLeftOpen
    ? standardShifts(method).map((name) => ({ name, weight: 1, strength: 0.5 }))
    : input.shifts;
  const all = database.read((reader) => items(reader, datasetNamed(reader, input.dataset)));
  if (!isTrained(method)) {
    return await estimateFrozen({ method, settings, rank: input.rank }, all, stop, ports);
  }
  const normals = all.filter(isTrainingNormal);
  const images = await shardImages(database, folder, normals.slice(0, mostImages));
  const task = {
    ...{ method, settings, normals: normals.length, shifts, steps: timedSteps },
    channels: shardChannels(images),
    side: storedSide(settings.inputSize, images),
    hasSources: input.outliers.length > 0,
  };
  // On the disk that checkpoints would go to.
  const scratch = await newScoringFolder(folder);
  const { result: found, warnings } = await onAnyEngine(
    compute,
    input.engine,
    'the steps were timed',
    (lease, engine, listeners) =>
      lease.call('estimate', { ...task, engine, folder: scratch }, stop, listeners),
  ).finally(() => rm(scratch, { recursive: true, force: true }));
  const { engine: used, device, stepMilliseconds, steps, checkpointSeconds } = found;
  const timed = { settings, hasOutliers: task.hasSources || shifts.length > 0, stepMilliseconds };
  const rest = input.rank
    ? restSeconds(all, {
        ...timed,
        frozenMilliseconds: await timeFrozenImage(normals, stop, ports),
      })
    : { ranking: 0, scoring: 0, comparison: 0 };
  const parts = { ...rest, training: (steps * stepMilliseconds) / 1000 + checkpointSeconds };
  return {
    ...{ engine: used, device, stepMilliseconds, steps, checkpointSeconds, warnings, parts },
    seconds: parts.ranking + parts.training + parts.scoring + parts.comparison,
    imagesPerSecond: (1000 * (settings.batch + settings.outlierBatch)) / stepMilliseconds,
  };
}

/** Of all images that the run fits, calibrates on and scores. */
async function estimateFrozen(
  {
    method,
    settings,
    rank,
  }: { readonly method: UntrainedName; readonly settings: RunSettings; readonly rank: boolean },
  all: readonly DatasetItem[],
  stop: Stop,
  ports: EstimatePorts,
): Promise<RunEstimate> {
  const normals = all.filter(isTrainingNormal);
  const { engine, device, stepMilliseconds, steps, checkpointSeconds } = await timeUntrained(
    { method, settings },
    normals,
    stop,
    ports,
  );
  // Each goes through the network once.
  const computed = rank ? all : [...normals, ...all.filter(isCalibrationNormal)];
  const seconds = (computed.length * stepMilliseconds) / 1000;
  return {
    ...{ engine, device, stepMilliseconds, steps, checkpointSeconds, warnings: [], seconds },
    parts: { ranking: 0, training: 0, scoring: seconds, comparison: 0 },
    imagesPerSecond: 1000 / stepMilliseconds,
  };
}

/** Of the frozen network, by what computes it: it ranks before every training, whatever the training is. */
const frozenTimes = new WeakMap<Compute, number>();

/** Milliseconds that the frozen network takes for an image. Throws as `estimateRun`. */
async function timeFrozenImage(
  normals: readonly DatasetItem[],
  stop: Stop,
  ports: EstimatePorts,
): Promise<number> {
  const known = frozenTimes.get(ports.compute);
  if (known !== undefined) return known;
  const method = 'frozen';
  const settings = resolveSettings({ preset: 'quick', specimen: 'stained', method, overrides: {} });
  const { stepMilliseconds } = await timeUntrained({ method, settings }, normals, stop, ports);
  frozenTimes.set(ports.compute, stepMilliseconds);
  return stepMilliseconds;
}

async function timeUntrained(
  { method, settings }: { readonly method: UntrainedName; readonly settings: RunSettings },
  normals: readonly DatasetItem[],
  stop: Stop,
  { database, folder, compute }: EstimatePorts,
) {
  const { card, path } = await new Backbones().find(String(settings['backbone']));
  const images = await shardImages(database, folder, normals.slice(0, mostImages));
  const task = {
    ...{ method, settings, engine: 'cpu' as const, folder },
    ...{ normals: normals.length, hasSources: false, shifts: [], steps: timedImages },
    channels: shardChannels(images),
    side: storedSide(card.input.size, images),
    backbone: { model: await compute.put({ hash: card.sha256, path }), card },
  };
  return await withLease(compute, (lease) => lease.call('estimate', task, stop));
}
