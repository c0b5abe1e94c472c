// ResNet-18 (He et al., "Deep residual learning", 2016) with width and input size as settings, and
// the projection head of OECL on top. Stages have width, 2, 4 and 8 times width channels.

import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';
import type { Network, NetworkSettings } from '../network.ts';
import { describeHead, embeddingSize, normTensors } from '../projection-head.ts';

/** Up to this input size the stem is 3×3 without pooling, above it 7×7 with stride 2 and max-pool. */
const smallInput = 64;

// Fitted to the peaks of 17 nets on the CPU, to within 15 %: see src-main/engine/README.md.
/** Weights and momenta, read and written; gradients; weights transformed for convolutions. */
const bytesPerWeight = 38;
/** For each value of the first stage's tensors: what a step holds of all stages at once. */
const bytesPerValue = 145;

export const resnet18: Network = {
  describe: (b, images, settings) => {
    const stages = describeBackbone(b, images, settings);
    const h = b.globalAveragePool(stages.at(-1)!);
    return { h, z: describeHead(b, h), stages };
  },
  featureSize: ({ width }) => 8 * width,
  stageChannels: ({ width }) => [1, 2, 4, 8].map((factor) => factor * width),
  embeddingSize,
  stepBytes: ({ width, inputSize }, rows, weights) => {
    const isPooled = inputSize > smallInput;
    const side = isPooled ? Math.ceil(inputSize / 2) : inputSize;
    // A pooled stem precedes the first stage; its tensors are four times as large.
    const stage = (width * side * side) / (isPooled ? 4 : 1);
    return bytesPerWeight * weights + bytesPerValue * rows * stage * (isPooled ? 1.5 : 1);
  },
};

function describeBackbone(b: ProgramBuilder, images: Value, settings: NetworkSettings): Value[] {
  const { width, inputSize, channels } = settings;
  const large = inputSize > smallInput;
  const kernel = large ? 7 : 3;
  const stem = b.parameter('stem.conv.weight', [width, channels, kernel, kernel]);
  let x = b.conv2d(images, stem, large ? 2 : 1, (kernel - 1) / 2);
  x = b.batchNorm(x, normTensors(b, 'stem.norm', width), true);
  if (large) x = b.maxPool(x);
  const stages: Value[] = [];
  for (let stage = 1; stage <= 4; stage++) {
    for (let block = 1; block <= 2; block++) {
      const stride = stage > 1 && block === 1 ? 2 : 1;
      x = describeBlock(b, x, `stage${stage}.block${block}`, width * 2 ** (stage - 1), stride);
    }
    stages.push(x);
  }
  return stages;
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
