// bench train: images a second of a whole training, augmentation included: the product's worker on
// pixel shards of a packed set against the peer's script on the same set with the same settings.

import { join } from 'node:path';
import { resolveSettings } from '#domain/run-settings.ts';
import type { Shell } from '#hosts/cli/shell.ts';
import type { TrainTask } from '#worker/contract.ts';
import type { BenchFolder } from './bench-folder.ts';
import { filesBelow, packedSets, unpack } from './packed-set.ts';
import type { Peer } from './peer.ts';
import { shardOf, type BenchShard } from './shards.ts';
import { inWorker, median, medianOrNull, rates, type RateFigures } from './turns.ts';

export interface TrainSizes {
  readonly width: number;
  /** Side of the images, pixels. */
  readonly size: number;
  /** Normal images in a step, and as many outliers; each gives two views. */
  readonly batch: number;
  readonly epochs: number;
  readonly threads: number;
  readonly rounds: number;
  /** Outliers to draw from, at most; all of the set when left out. */
  readonly outliers?: number;
}

/** Images a second: views that went through the network; ratio > 1 is faster than the peer. */
export interface TrainFigure extends RateFigures {
  readonly bench: 'train';
  readonly net: 'resnet18';
  readonly width: number;
  readonly size: number;
  /** Images in a step, outliers and views included. */
  readonly batch: number;
  readonly steps: number;
  readonly threads: number;
  readonly engine: string;
  /** From the start of the worker process to the end of the first step. */
  readonly firstStepSeconds: number;
  /** The peer's steps alone, without its views, as it measures them itself: their mean. */
  readonly peerStepMilliseconds: number | null;
  /** Peak memory of the process; null where the system does not report it. */
  readonly peakMegabytes: { readonly ours: number | null; readonly peer: number | null };
}

/** The type of cell that is normal. */
export const benchType = 'lymphocyte';
const seed = 0;

/** Settings of ours that are the peer's standard ones. */
const likePeer = {
  ...{ alpha: 0.1, cropMin: 0.5, cropMax: 1, flip: 0.5, verticalFlip: 0 },
  ...{ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, jitter: 0.8, grey: 0.2 },
} as const;

/** data: the folder of the packed sets. */
export async function* benchTrain(
  sizes: readonly TrainSizes[],
  data: string,
  folder: BenchFolder,
  peer: Peer | null,
  shell: Shell,
): AsyncGenerator<TrainFigure, void, undefined> {
  const archives = packedSets(data, 'pbc8');
  const at = await folder.make('train');
  await unpack(archives.set, at);
  await unpack(archives.outliers, join(await folder.make('train/outliers')));
  const normalFiles = await filesBelow(join(at, 'pbc8_64', 'train', benchType));
  const outlierFiles = await filesBelow(join(at, 'outliers'));
  for (const size of sizes) {
    const normals = await shardOf(normalFiles, size.size, await folder.make('train/normal-shard'));
    const outliers = await shardOf(
      outlierFiles.slice(0, size.outliers),
      size.size,
      await folder.make('train/outlier-shard'),
    );
    const ours: OurRun[] = [];
    const theirs: PeerTraining[] = [];
    for (let round = 0; round < size.rounds; round++) {
      const model = await folder.make(
        `train/model-${size.width}-${size.size}-${size.batch}-${round}`,
      );
      ours.push(await trainOurs({ ...size, normals, outliers, folder: model }, shell));
      if (peer) theirs.push(await trainPeer(size, archives, peer, shell));
    }
    yield figureOf(size, ours, theirs);
  }
}

interface OurRun {
  readonly engine: string;
  readonly steps: number;
  /** SHA-256 of the model's file. */
  readonly modelHash: string;
  readonly imagesPerSecond: number;
  readonly firstStepSeconds: number;
  /** Up to the last step. */
  readonly peakBytes: number | null;
}

export interface OwnTraining extends Omit<TrainSizes, 'rounds' | 'outliers'> {
  readonly normals: BenchShard;
  readonly outliers: BenchShard;
  /** Takes checkpoints and the model. */
  readonly folder: string;
  /** Random views in a score of the model; the setting's standard when left out. */
  readonly views?: number;
}

/** Trains in a separate worker, as the core does. */
export async function trainOurs(training: OwnTraining, shell: Shell): Promise<OurRun> {
  const { width, size, batch, epochs, threads, normals, outliers, folder, views } = training;
  const settings = resolveSettings({
    preset: 'paper',
    specimen: 'natural',
    method: 'oecl',
    overrides: {
      ...likePeer,
      ...{ width, inputSize: size, batch, outlierBatch: batch, threads },
      ...(views === undefined ? {} : { views }),
      // The peer leaves out the images that fill no batch.
      steps: epochs * Math.floor(normals.header.count / batch),
    },
  });
  const started = performance.now();
  let stepsFrom = 0;
  let firstStepAt = 0;
  let stepsTo = 0;
  let peakBytes: number | null = null;
  const task: TrainTask = {
    ...{ runId: 1, folder, method: 'oecl', settings, seed, engine: 'auto', shifts: [] },
    normals: { name: 'normals', hash: normals.hash, path: normals.path },
    outliers: [{ name: 'outliers', hash: outliers.hash, path: outliers.path, weight: 1 }],
    ...{ snapshotHash: 'bench', codeVersion: 'bench', leastMicroBatches: 1 },
  };
  const { engine, steps, modelHash } = await inWorker(shell, (lease, stop) =>
    lease.call('train', task, stop, {
      started: () => (stepsFrom = performance.now()),
      step: ({ step, steps: all, peakMemory }) => {
        if (firstStepAt === 0) firstStepAt = performance.now();
        if (step === all) stepsTo = performance.now();
        peakBytes = peakMemory;
      },
    }),
  );
  return {
    engine,
    steps,
    modelHash,
    imagesPerSecond: (1000 * steps * 4 * batch) / (stepsTo - stepsFrom),
    firstStepSeconds: (firstStepAt - started) / 1000,
    peakBytes,
  };
}

interface PeerTraining {
  readonly imagesPerSecond: number;
  readonly stepMilliseconds: number;
  readonly peakBytes: number | null;
}

async function trainPeer(
  { width, size, batch, epochs, threads }: TrainSizes,
  { set, outliers }: { readonly set: string; readonly outliers: string },
  peer: Peer,
  shell: Shell,
): Promise<PeerTraining> {
  const { answer, seconds, peakBytes } = await peer.measure(
    {
      ...{ set, outliers, normal: benchType, seed, method: 'oecl', size, width, epochs, batch },
      // The scores are not timed here.
      ...{ warmup: 1, views: 0, 'max-test': 8, threads },
    },
    shell,
  );
  const { images, stepMilliseconds } = answer as {
    readonly images: { readonly train: number };
    readonly stepMilliseconds: number;
  };
  const seen = epochs * Math.floor(images.train / batch) * 4 * batch;
  // The loop over epochs: views, steps and nothing else.
  return { imagesPerSecond: seen / seconds['epoch']!, stepMilliseconds, peakBytes };
}

function figureOf(
  { width, size, batch, threads }: TrainSizes,
  ours: readonly OurRun[],
  theirs: readonly PeerTraining[],
): TrainFigure {
  const rate = ({ imagesPerSecond }: { readonly imagesPerSecond: number }) => imagesPerSecond;
  return {
    bench: 'train',
    net: 'resnet18',
    width,
    size,
    batch: 4 * batch,
    steps: ours[0]!.steps,
    threads,
    engine: ours[0]!.engine,
    ...rates(ours.map(rate), theirs.map(rate)),
    firstStepSeconds: Number(median(ours.map((run) => run.firstStepSeconds)).toFixed(2)),
    peerStepMilliseconds: medianOrNull(theirs.map((run) => run.stepMilliseconds)),
    peakMegabytes: { ours: peak(ours), peer: peak(theirs) },
  };
}

function peak(runs: readonly { readonly peakBytes: number | null }[]): number | null {
  const bytes = runs.map((run) => run.peakBytes).filter((value) => value !== null);
  const middle = medianOrNull(bytes);
  return middle && Math.round(middle / 1e6);
}
