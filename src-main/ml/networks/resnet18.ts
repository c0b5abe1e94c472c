// ResNet-18 (He et al., "Deep residual learning", 2016) with width and input size as settings, and
// the projection head of OECL on top: Linear, batch normalisation, ReLU, Linear → 128.

import type { BatchNormTensors, ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';

export interface NetworkSettings {
  /** Channels of the first stage; h has 8 times as many. */
  readonly width: number;
  /** Side of the square input, pixels. */
  readonly inputSize: number;
  readonly channels: number;
}

export const embeddingSize = 128;

/** Up to this input size the stem is 3×3 without pooling, above it 7×7 with stride 2 and max-pool. */
const smallInput = 64;

/** Length of h. */
export function featureSize({ width }: Pick<NetworkSettings, 'width'>): number {
  return 8 * width;
}

export interface NetworkOutputs {
  /** [N, 8·width] features of the backbone. */
  readonly h: Value;
  /** [N, 128] contrastive features, not normalised. */
  readonly z: Value;
}

/** images [N, channels, inputSize, inputSize] in −1 … 1. */
export function describeNetwork(
  b: ProgramBuilder,
  images: Value,
  settings: NetworkSettings,
): NetworkOutputs {
  const h = describeBackbone(b, images, settings);
  const size = featureSize(settings);
  const hidden = b.linear(
    h,
    b.parameter('head.linear1.weight', [size, size]),
    b.parameter('head.linear1.bias', [size]),
  );
  const z = b.linear(
    b.batchNorm(hidden, normTensors(b, 'head.norm', size), true),
    b.parameter('head.linear2.weight', [embeddingSize, size]),
    b.parameter('head.linear2.bias', [embeddingSize]),
  );
  return { h, z };
}

function describeBackbone(b: ProgramBuilder, images: Value, settings: NetworkSettings): Value {
  const { width, inputSize, channels } = settings;
  const large = inputSize > smallInput;
  const kernel = large ? 7 : 3;
  const stem = b.parameter('stem.conv.weight', [width, channels, kernel, kernel]);
  let x = b.conv2d(images, stem, large ? 2 : 1, (kernel - 1) / 2);
  x = b.batchNorm(x, normTensors(b, 'stem.norm', width), true);
  if (large) x = b.maxPool(x);
  for (let stage = 1; stage <= 4; stage++) {
    for (let block = 1; block <= 2; block++) {
      const stride = stage > 1 && block === 1 ? 2 : 1;
      x = describeBlock(b, x, `stage${stage}.block${block}`, width * 2 ** (stage - 1), stride);
    }
  }
  return b.globalAveragePool(x);
}

function describeBlock(
  b: ProgramBuilder,
  x: Value,
  name: string,
  to: number,
  stride: number,
): Value {
  const from = x.shape[1]!;
  const first = b.conv2d(x, b.parameter(`${name}.conv1.weight`, [to, from, 3, 3]), stride, 1);
  const inner = b.batchNorm(first, normTensors(b, `${name}.norm1`, to), true);
  const second = b.conv2d(inner, b.parameter(`${name}.conv2.weight`, [to, to, 3, 3]), 1, 1);
  let shortcut = x;
  if (stride !== 1 || from !== to) {
    const weight = b.parameter(`${name}.shortcut.conv.weight`, [to, from, 1, 1]);
    const convolved = b.conv2d(x, weight, stride, 0);
    shortcut = b.batchNorm(convolved, normTensors(b, `${name}.shortcut.norm`, to), false);
  }
  return b.batchNorm(second, normTensors(b, `${name}.norm2`, to), true, shortcut);
}

function normTensors(b: ProgramBuilder, name: string, channels: number): BatchNormTensors {
  return {
    gamma: b.parameter(`${name}.weight`, [channels]),
    beta: b.parameter(`${name}.bias`, [channels]),
    mean: b.statistic(`${name}.mean`, [channels]),
    variance: b.statistic(`${name}.variance`, [channels]),
  };
}
