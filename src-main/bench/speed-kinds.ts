// The kinds of speed that "bench" measures, each with the requested sizes.

import type { Shell } from '#hosts/cli/shell.ts';
import { benchAugment } from './augment.ts';
import type { BenchFolder } from './bench-folder.ts';
import { findFrozenPeer } from './frozen-peer.ts';
import { benchImport } from './import.ts';
import type { Peer } from './peer.ts';
import { benchRank } from './rank.ts';
import { benchPlainScore, benchViewScore } from './score.ts';
import { benchSpeed, type SpeedFigure } from './speed.ts';
import { benchStep } from './step.ts';
import { benchTrain } from './train.ts';
import { dataFolder, integers } from './words.ts';

export const speedKinds = ['step', 'train', 'score', 'augment', 'import', 'rank', 'all'] as const;
type SpeedKind = (typeof speedKinds)[number];

export interface SpeedWords {
  readonly widths: string | undefined;
  readonly images: string | undefined;
  readonly size: number | undefined;
  readonly batch: number | undefined;
  readonly threads: number;
  readonly rounds: number;
  readonly steps: number;
  readonly views: number | undefined;
  readonly epochs: number | undefined;
  readonly data: string | undefined;
  readonly quick: boolean;
  readonly peer: string | undefined;
}

export async function* speedFigures(
  kind: SpeedKind,
  given: SpeedWords,
  folder: BenchFolder,
  peer: Peer | null,
  shell: Shell,
): AsyncGenerator<SpeedFigure, void, undefined> {
  const { threads, rounds, steps, size = 32 } = given;
  const widths = given.widths === undefined ? undefined : integers('widths', given.widths);
  const images = given.images === undefined ? undefined : integers('images', given.images);
  const data = dataFolder(given);
  const frozenPeer = async () => peer && (await findFrozenPeer(given.peer));
  switch (kind) {
    case 'step': {
      const sizes = { widths: widths ?? [16, 64], images: images ?? [64, 256], size };
      return yield* benchStep({ ...sizes, threads, rounds, steps }, peer, shell);
    }
    case 'train': {
      const sizes = { size, batch: given.batch ?? 64, epochs: given.epochs ?? 5, threads, rounds };
      const trainings = (widths ?? [16]).map((width) => ({ width, ...sizes }));
      return yield* benchTrain(trainings, data, folder, peer, shell);
    }
    case 'score': {
      const plain = { widths: widths ?? [16, 64], size, batch: given.batch ?? 128 };
      yield* benchPlainScore({ ...plain, threads, rounds }, peer, shell);
      const scored = { width: widths?.[0] ?? 16, size: given.size ?? 64, views: given.views ?? 32 };
      const sizes = { ...scored, images: images?.[0] ?? 100, threads, rounds };
      yield await benchViewScore(sizes, data, folder, peer, shell);
      return;
    }
    case 'augment':
      return yield* benchAugment(
        { sizes: [size], views: given.views ?? 5000, rounds },
        peer,
        shell,
      );
    case 'import':
      yield await benchImport(
        { images: images?.[0] ?? 5000, rounds },
        data,
        folder,
        peer !== null,
        shell,
      );
      return;
    case 'rank': {
      const sizes = { images: images?.[0] ?? 1000, threads, rounds };
      yield await benchRank(sizes, data, folder, await frozenPeer(), shell);
      return;
    }
    case 'all':
      return yield* benchSpeed(
        { data, threads, quick: given.quick },
        ...([folder, peer, await frozenPeer(), shell] as const),
      );
  }
}
