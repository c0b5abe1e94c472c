// bench score: images a second in scoring. The plain view alone, as a batch through the network, and
// whole scores from random views, by the product's worker and by the peer's function.

import { join } from 'node:path';
import { z } from 'zod';
import type { Shell } from '#hosts/cli/shell.ts';
import type { BenchFolder } from './bench-folder.ts';
import { filesBelow, packedSets, smallSet, unpack } from './packed-set.ts';
import type { Peer } from './peer.ts';
import { shardOf } from './shards.ts';
import { benchType, trainOurs } from './train.ts';
import { inWorker, rates, type RateFigures } from './turns.ts';

interface ScoreFigure extends RateFigures {
  readonly bench: 'score';
  readonly net: 'resnet18';
  readonly width: number;
  readonly size: number;
  readonly threads: number;
  readonly engine: string;
}

/** The network on batches of plain views. */
export interface PlainScoreFigure extends ScoreFigure {
  readonly what: 'plain';
  readonly batch: number;
}

/** Whole scores of decoded images: the plain view and `views` random ones of each. */
export interface ViewScoreFigure extends ScoreFigure {
  readonly what: 'views';
  readonly views: number;
  readonly images: number;
}

export interface PlainSizes {
  readonly widths: readonly number[];
  readonly size: number;
  readonly batch: number;
  readonly threads: number;
  readonly rounds: number;
}

const plainAnswer = z.object({ scoreImagesPerSecond: z.number().positive() });
/** Batches timed in a turn. */
const batches = 6;

export async function* benchPlainScore(
  { widths, size, batch, threads, rounds }: PlainSizes,
  peer: Peer | null,
  shell: Shell,
): AsyncGenerator<PlainScoreFigure, void, undefined> {
  for (const width of widths) {
    const ours: number[] = [];
    const theirs: number[] = [];
    let engine = '';
    for (let round = 0; round < rounds; round++) {
      const task = { width, size, images: batch, threads, steps: batches, engine: 'auto' as const };
      const timing = await inWorker(shell, (lease, stop) => lease.call('timeStep', task, stop));
      ours.push(timing.scoreImagesPerSecond);
      engine = timing.engine;
      if (peer === null) continue;
      const answer = await peer.run({ bench: batches, images: batch, width, size, threads }, shell);
      theirs.push(plainAnswer.parse(answer).scoreImagesPerSecond);
    }
    const sizes = { width, size, batch, threads };
    const figures = rates(ours, theirs);
    yield { bench: 'score', what: 'plain', net: 'resnet18', ...sizes, engine, ...figures };
  }
}

export interface ViewSizes {
  readonly width: number;
  readonly size: number;
  /** Random views of each image. */
  readonly views: number;
  /** Of the normal type; about as many others are scored beside them. */
  readonly images: number;
  readonly threads: number;
  readonly rounds: number;
}

/** data: the folder of the packed sets. */
export async function benchViewScore(
  sizes: ViewSizes,
  data: string,
  folder: BenchFolder,
  peer: Peer | null,
  shell: Shell,
): Promise<ViewScoreFigure> {
  const { width, size, views, threads, rounds } = sizes;
  const archives = packedSets(data, 'pbc8');
  const at = await folder.make('score');
  await unpack(archives.set, at);
  // One step of training: the time does not depend on the weights.
  const small = await smallSet(join(at, 'pbc8_64'), benchType, { train, test: sizes.images }, at);
  const normals = await shardOf(
    await filesBelow(small.trained),
    size,
    await folder.make('score/normal-shard'),
  );
  const tested = await shardOf(
    await filesBelow(small.tested),
    size,
    await folder.make('score/test-shard'),
  );
  const model = await folder.make('score/model');
  const net = { width, size, views, batch: train / 4, epochs: 1, threads };
  const trained = await trainOurs({ ...net, normals, outliers: normals, folder: model }, shell);
  const images = tested.hashes.map((hash, index) => ({ index, hash }));
  const task = {
    model: { hash: trained.modelHash, path: join(model, 'model.safetensors') },
    shard: { name: 'test', hash: tested.hash, path: tested.path },
    ...{ seed: 0, engine: 'auto' as const },
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const seconds = await inWorker(shell, async (lease, stop) => {
      const score = (some: typeof images) => lease.call('score', { ...task, images: some }, stop);
      // The first call tests the engine; the peer's imports are not counted either.
      await score(images.slice(0, 1));
      const start = performance.now();
      await score(images);
      return (performance.now() - start) / 1000;
    });
    ours.push(images.length / seconds);
    if (peer) theirs.push(await scorePeer(sizes, small.archive, archives.outliers, peer, shell));
  }
  return {
    ...{ bench: 'score', what: 'views', net: 'resnet18' },
    ...{ width, size, views, images: images.length, threads, engine: trained.engine },
    ...rates(ours, theirs),
  };
}

/** Images that are trained on. */
const train = 64;
const counts = z.object({
  images: z.object({ testNormal: z.number(), testAnomalous: z.number() }),
});

/** Its one statement that scores the test images and measures them. */
async function scorePeer(
  { width, size, views, threads }: ViewSizes,
  set: string,
  outliers: string,
  peer: Peer,
  shell: Shell,
): Promise<number> {
  const { answer, seconds } = await peer.measure(
    {
      ...{ set, outliers, normal: benchType, method: 'simclr', epochs: 1, batch: train / 4 },
      ...{ width, size, views, threads },
    },
    shell,
  );
  const { images } = counts.parse(answer);
  return (images.testNormal + images.testAnomalous) / seconds['auroc']!;
}
