// bench all: every measurement of speed in one run, at the sizes of docs/benchmarks.md.

import type { Shell } from '#hosts/cli/shell.ts';
import { benchAugment, type AugmentFigure } from './augment.ts';
import type { BenchFolder } from './bench-folder.ts';
import type { FrozenPeer } from './frozen-peer.ts';
import { benchImport, type ImportFigure } from './import.ts';
import type { Peer } from './peer.ts';
import { benchRank, type RankFigure } from './rank.ts';
import { benchPlainScore, benchViewScore } from './score.ts';
import type { PlainScoreFigure, ViewScoreFigure } from './score.ts';
import { benchStep, type StepFigure } from './step.ts';
import { benchTrain, type TrainFigure } from './train.ts';

export type SpeedFigure =
  | StepFigure
  | TrainFigure
  | PlainScoreFigure
  | ViewScoreFigure
  | AugmentFigure
  | ImportFigure
  | RankFigure;

export interface SpeedPlan {
  /** The folder of the packed sets. */
  readonly data: string;
  readonly threads: number;
  /** The smallest sizes, once: checks that everything runs; the figures mean nothing. */
  readonly quick: boolean;
}

export async function* benchSpeed(
  { data, threads, quick }: SpeedPlan,
  folder: BenchFolder,
  peer: Peer | null,
  frozenPeer: FrozenPeer | null,
  shell: Shell,
): AsyncGenerator<SpeedFigure, void, undefined> {
  const rounds = quick ? 1 : 3;
  const widths = quick ? [4] : [16, 64];
  const steps = quick ? 1 : 6;
  const images = quick ? [16] : [64, 256];
  yield* benchStep({ widths, images, size: 32, threads, rounds, steps }, peer, shell);
  if (!quick) {
    // A step takes many seconds.
    const large = { widths: [64], images: [16], size: 224, threads, rounds: 2, steps: 3 };
    yield* benchStep(large, peer, shell);
  }
  const train = { width: quick ? 4 : 16, size: 32, batch: 64, epochs: quick ? 1 : 5, threads };
  const wide = { ...train, width: 64, epochs: 1, rounds: 2 };
  // The last also measures memory: 64 images in a step.
  const trainings = quick
    ? [{ ...train, rounds, outliers: 100 }]
    : [{ ...train, rounds }, wide, { ...wide, batch: 16 }];
  yield* benchTrain(trainings, data, folder, peer, shell);
  yield* benchPlainScore(
    { widths, size: 32, batch: quick ? 16 : 128, threads, rounds },
    peer,
    shell,
  );
  const views = { width: quick ? 4 : 16, size: 64, views: quick ? 2 : 32, images: quick ? 8 : 100 };
  yield await benchViewScore({ ...views, threads, rounds }, data, folder, peer, shell);
  const drawn = { sizes: quick ? [32] : [32, 64], views: quick ? 200 : 5000, rounds };
  yield* benchAugment(drawn, peer, shell);
  const files = quick ? 200 : 5000;
  yield await benchImport({ images: files, rounds }, data, folder, peer !== null, shell);
  const ranked = { images: quick ? 80 : 1000, threads, rounds };
  yield await benchRank(ranked, data, folder, frozenPeer, shell);
}
