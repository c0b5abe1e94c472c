// bench augment: random views a second in one thread, ours against the peer's torchvision transforms
// with the same settings.

import type { Shell } from '#hosts/cli/shell.ts';
import type { Peer } from './peer.ts';
import { inWorker, rates, type RateFigures } from './turns.ts';

export interface AugmentSizes {
  /** Sides of the views, pixels. */
  readonly sizes: readonly number[];
  /** Views drawn in a turn. */
  readonly views: number;
  readonly rounds: number;
}

/** Views a second in one thread; ratio > 1 is faster than the peer. */
export interface AugmentFigure extends RateFigures {
  readonly bench: 'augment';
  readonly size: number;
  /** Sides of the images that views are cut from: ours keeps twice the pixels. */
  readonly from: { readonly ours: number; readonly peer: number };
  readonly threads: 1;
}

export async function* benchAugment(
  { sizes, views, rounds }: AugmentSizes,
  peer: Peer | null,
  shell: Shell,
): AsyncGenerator<AugmentFigure, void, undefined> {
  for (const size of sizes) {
    const ours: number[] = [];
    const theirs: number[] = [];
    let from = 0;
    for (let round = 0; round < rounds; round++) {
      const timing = await inWorker(shell, (lease, stop) =>
        lease.call('timeAugment', { size, views }, stop),
      );
      ours.push(timing.viewsPerSecond);
      from = timing.storedSide;
      if (peer === null) continue;
      theirs.push(await peer.augment(views, { bench: 1, size, threads: 1 }, shell));
    }
    yield {
      bench: 'augment',
      size,
      from: { ours: from, peer: size },
      threads: 1,
      ...rates(ours, theirs),
    };
  }
}
