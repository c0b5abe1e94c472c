// Conv-4: four blocks of a 3×3 convolution, batch normalisation, ReLU and max-pooling, as in Vinyals
// et al., "Matching networks for one shot learning", 2016, with two differences: the channels double
// from block to block (the paper has 64 throughout), so that h is as long as ResNet-18's of the same
// width, and the pooling is 3×3 with stride 2 (the paper's is 2×2).

import type { Value } from '#engine/ir/program.ts';
import type { Network } from '../network.ts';
import { describeHead, embeddingSize, normTensors } from '../projection-head.ts';

const blocks = 4;

// Fitted to the peaks of 9 nets on the CPU, from 10 % below to 17 % above: see README.md here.
/** As of ResNet-18. */
const bytesPerWeight = 38;
/** For each value of the first block's tensors before pooling. */
const bytesPerValue = 42;

export const conv4: Network = {
  describe: (b, images, { width }) => {
    const stages: Value[] = [];
    let x = images;
    for (let block = 1; block <= blocks; block++) {
      const channels = width * 2 ** (block - 1);
      const weight = b.parameter(`block${block}.conv.weight`, [channels, x.shape[1]!, 3, 3]);
      const norm = normTensors(b, `block${block}.norm`, channels);
      x = b.maxPool(b.batchNorm(b.conv2d(x, weight, 1, 1), norm, true));
      stages.push(x);
    }
    const h = b.globalAveragePool(x);
    return { h, z: describeHead(b, h), stages };
  },
  featureSize: ({ width }) => 2 ** (blocks - 1) * width,
  stageChannels: ({ width }) => [1, 2, 4, 8].map((factor) => factor * width),
  embeddingSize,
  stepBytes: ({ width, inputSize }, rows, weights) =>
    bytesPerWeight * weights + bytesPerValue * rows * width * inputSize ** 2,
};
