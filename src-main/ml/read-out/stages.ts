// The features of a network's stages: the mean and the standard deviation of each channel over positions.

import type { NetworkName } from '#domain/network-table.ts';
import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';
import { networks } from '../networks/networks.ts';

/** Added to a variance before its root, whose slope is infinite at 0. */
const leastVariance = 1e-6;

/** Values of each stage: two a channel. */
export function stageLengths(settings: {
  readonly network: NetworkName;
  readonly width: number;
}): number[] {
  return networks[settings.network].stageChannels(settings).map((channels) => 2 * channels);
}

/** Maps [N, C, H, W] of all stages → [N, Σ 2C]: of each stage the means, then the deviations. */
export function poolStages(b: ProgramBuilder, stages: readonly Value[]): Value {
  const pooled = stages.flatMap((map) => {
    const shape = map.shape.slice(0, 2);
    const mean = b.mean(map, [2, 3], true);
    const centred = b.sub(map, mean);
    const variance = b.mean(b.mul(centred, centred), [2, 3]);
    return [b.reshape(mean, shape), b.sqrt(b.add(variance, leastVariance))];
  });
  return b.concat(pooled, 1);
}
