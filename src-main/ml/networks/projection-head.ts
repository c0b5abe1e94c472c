// The projection head of OECL, on top of any backbone: Linear, batch normalisation, ReLU,
// Linear → 128 (Chen et al., "A simple framework for contrastive learning", 2020).

import type { BatchNormTensors, ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';

/** Length of z. */
export const embeddingSize = 128;

/** h [N, size] → z [N, 128], not normalised. */
export function describeHead(b: ProgramBuilder, h: Value): Value {
  const size = h.shape[1]!;
  const hidden = b.linear(
    h,
    b.parameter('head.linear1.weight', [size, size]),
    b.parameter('head.linear1.bias', [size]),
  );
  return b.linear(
    b.batchNorm(hidden, normTensors(b, 'head.norm', size), true),
    b.parameter('head.linear2.weight', [embeddingSize, size]),
    b.parameter('head.linear2.bias', [embeddingSize]),
  );
}

/** The parameters and running statistics of a batch normalisation. */
export function normTensors(b: ProgramBuilder, name: string, channels: number): BatchNormTensors {
  return {
    gamma: b.parameter(`${name}.weight`, [channels]),
    beta: b.parameter(`${name}.bias`, [channels]),
    mean: b.statistic(`${name}.mean`, [channels]),
    variance: b.statistic(`${name}.variance`, [channels]),
  };
}
