// bench step: the time of one training step against PyTorch's, alternating in one run, because
// absolute times mean little on a machine that also runs other programs.

import { z } from 'zod';
import type { Shell } from '#hosts/cli/shell.ts';
import type { Peer } from './peer.ts';
import { inWorker, median, medianOrNull } from './turns.ts';

export interface StepSizes {
  readonly widths: readonly number[];
  readonly images: readonly number[];
  /** Side of the images, pixels. */
  readonly size: number;
  readonly threads: number;
  /** Number of turns of each. */
  readonly rounds: number;
  /** Steps timed in a turn. */
  readonly steps: number;
}

/** Milliseconds; ratio = ours ÷ peer, so that less than 1 is faster than the peer. */
export interface StepFigure {
  readonly bench: 'step';
  readonly net: 'resnet18';
  readonly width: number;
  readonly size: number;
  readonly batch: number;
  readonly threads: number;
  readonly engine: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly ratio: number | null;
}

const peerAnswer = z.object({ stepMilliseconds: z.number().positive() });

/** One figure for each width and number of images: medians over the turns. */
export async function* benchStep(
  sizes: StepSizes,
  peer: Peer | null,
  shell: Shell,
): AsyncGenerator<StepFigure, void, undefined> {
  for (const width of sizes.widths) {
    for (const images of sizes.images) yield await timeSize(sizes, width, images, peer, shell);
  }
}

async function timeSize(
  { size, threads, rounds, steps }: StepSizes,
  width: number,
  images: number,
  peer: Peer | null,
  shell: Shell,
): Promise<StepFigure> {
  const ours: number[] = [];
  const theirs: number[] = [];
  let engine = '';
  for (let round = 0; round < rounds; round++) {
    const task = { width, size, images, threads, steps, engine: 'auto' as const };
    const timing = await inWorker(shell, (lease, stop) => lease.call('timeStep', task, stop));
    ours.push(timing.stepMilliseconds);
    engine = timing.engine;
    if (peer === null) continue;
    // Not peer.run: above 64 pixels the script needs our stem, or it would compute 16 times as much.
    const { answer } = await peer.measure({ bench: steps, images, width, size, threads }, shell);
    theirs.push(peerAnswer.parse(answer).stepMilliseconds);
  }
  const own = median(ours);
  const other = medianOrNull(theirs);
  return {
    bench: 'step',
    net: 'resnet18',
    width,
    size,
    batch: images,
    threads,
    engine,
    ours: Number(own.toFixed(1)),
    peer: other,
    ratio: other === null ? null : Number((own / other).toFixed(3)),
  };
}
