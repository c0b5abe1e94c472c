// Operations of the blocked lowering against the plain one, which is compared with the oracle.

import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program, Shape, Value } from '#engine/ir/program.ts';
import { planBlocked } from '#engine/lower/blocked/plan.ts';
import { expectBlockedAgrees } from './support/support.ts';

const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;

describe('an operation on blocked tensors agrees with the plain one', () => {
  /** A scalar that depends on every element of [N, C, H, W]. */
  const probe = (b: ProgramBuilder, value: Value): Value => {
    const [, channels, height, width] = value.shape as [number, number, number, number];
    const filter = b.input('probeFilter', [5, channels, height, width]);
    const rows = b.rowNorms(b.globalAveragePool(b.conv2d(value, filter, 1, 0)));
    return b.weightedMean(rows, b.input('probeWeights', rows.shape));
  };
  const build = (make: (b: ProgramBuilder) => Value): Program => {
    const b = new ProgramBuilder('train');
    const loss = probe(b, make(b));
    return b.training(loss, { loss }, plainSgd);
  };

  const convolutions: readonly (readonly [string, Shape, Shape, number, number])[] = [
    ['3×3', [4, 16, 6, 5], [32, 16, 3, 3], 1, 1],
    ['3×3 of many images', [64, 32, 4, 4], [16, 32, 3, 3], 1, 1],
    ['3×3 of two images', [2, 16, 6, 5], [16, 16, 3, 3], 1, 1],
    ['3×3 of three images and odd channels', [3, 20, 5, 7], [12, 20, 3, 3], 1, 1],
    ['3×3 of more images than a block', [18, 16, 4, 4], [16, 16, 3, 3], 1, 1],
    ['3×3 at stride 2', [16, 32, 8, 6], [48, 32, 3, 3], 2, 1],
    ['3×3 at stride 2, odd sides', [5, 16, 7, 9], [16, 16, 3, 3], 2, 1],
    ['3×3 at stride 2, one odd side', [5, 16, 8, 9], [16, 16, 3, 3], 2, 1],
    ['3×3 without padding', [2, 16, 6, 6], [16, 16, 3, 3], 1, 0],
    ['1×1', [4, 20, 5, 4], [16, 20, 1, 1], 1, 0],
    ['1×1 at stride 2', [4, 32, 6, 8], [16, 32, 1, 1], 2, 0],
    ['1×1 at stride 2, odd sides', [4, 16, 5, 7], [32, 16, 1, 1], 2, 0],
    ['7×7 at stride 2', [2, 16, 16, 14], [16, 16, 7, 7], 2, 3],
    ['of 3 channels', [4, 3, 6, 6], [16, 3, 3, 3], 1, 1],
  ];
  for (const [name, x, w, stride, padding] of convolutions) {
    it(`convolution ${name}, with both gradients`, async () => {
      const program = build((b) =>
        b.conv2d(b.parameter('x', x), b.parameter('w', w), stride, padding),
      );
      expect(planBlocked(program, 16).blocked.size).toBe(3);
      await expectBlockedAgrees(program);
    });
  }

  for (const [images, c, k, height, width] of [
    [16, 128, 128, 4, 4],
    [4, 128, 160, 8, 8],
    [16, 144, 128, 7, 7],
    [2, 130, 140, 16, 16],
    [16, 128, 128, 12, 6],
    // Kernels beside one another for the tiles across.
    [32, 64, 80, 16, 12],
    [16, 128, 128, 7, 7],
  ] as const) {
    it(`Winograd's convolution of ${images} images of ${height}×${width}, ${c} to ${k} channels`, async () => {
      const program = build((b) =>
        b.conv2d(
          b.parameter('x', [images, c, height, width]),
          b.parameter('w', [k, c, 3, 3]),
          1,
          1,
        ),
      );
      expect(planBlocked(program, 16).winograd.size).toBe(3);
      await expectBlockedAgrees(program);
    });
  }

  for (const [images, channels, kernel, stride] of [
    [4, 3, 3, 1],
    [32, 3, 7, 2],
    [3, 1, 3, 1],
    [64, 1, 7, 2],
  ] as const) {
    it(`the ${kernel}×${kernel} stem on ${images} plain images of ${channels} channels`, async () => {
      const program = build((b) => {
        const x = b.input('x', [images, channels, 12, 10]);
        const w = b.parameter('w', [20, channels, kernel, kernel]);
        return b.conv2d(x, w, stride, (kernel - 1) / 2);
      });
      expect(planBlocked(program, 16).stems.size).toBe(2);
      await expectBlockedAgrees(program);
    });
  }

  it('a convolution that blocked operators cannot do is lowered plainly', async () => {
    const program = build((b) =>
      b.conv2d(b.parameter('x', [2, 16, 5, 5]), b.parameter('w', [16, 16, 1, 1]), 1, 1),
    );
    expect(planBlocked(program, 16).blocked.size).toBe(0);
    await expectBlockedAgrees(program);
  });

  it('a weight that two convolutions share stays plain, between blocked neighbours', async () => {
    const program = build((b) => {
      const shared = b.parameter('shared', [16, 16, 3, 3]);
      const first = b.conv2d(
        b.parameter('x', [4, 16, 5, 5]),
        b.parameter('w', [16, 16, 3, 3]),
        1,
        1,
      );
      return b.conv2d(b.conv2d(first, shared, 1, 1), shared, 1, 1);
    });
    expect(planBlocked(program, 16).layouts.size).toBe(2);
    await expectBlockedAgrees(program);
  });

  const norm = (b: ProgramBuilder, name: string, channels: number) => ({
    gamma: b.parameter(`${name}.gamma`, [channels]),
    beta: b.parameter(`${name}.beta`, [channels]),
    mean: b.statistic(`${name}.mean`, [channels]),
    variance: b.statistic(`${name}.variance`, [channels]),
  });
  for (const channels of [16, 20]) {
    for (const relu of [false, true]) {
      it(`batch normalisation of ${channels} channels${relu ? ' with ReLU' : ''} and residual`, () =>
        expectBlockedAgrees(
          build((b) => {
            const [x, r] = ['x', 'r'].map((name) => b.parameter(name, [3, channels, 5, 6]));
            return b.batchNorm(x!, norm(b, 'norm', channels), relu, r);
          }),
        ));
    }
    it(`max-pooling of ${channels} channels after a normalisation`, () =>
      expectBlockedAgrees(
        build((b) => {
          const x = b.parameter('x', [3, channels, 7, 6]);
          return b.maxPool(b.batchNorm(x, norm(b, 'norm', channels), true));
        }),
      ));
  }
});

describe('a residual block adds its gradients inside the convolution', () => {
  for (const [channels, size] of [
    [16, 6],
    [20, 5],
    [128, 8],
  ] as const) {
    it(`of ${channels} channels`, async () => {
      const b = new ProgramBuilder('train');
      const norm = (x: Value, name: string, residual?: Value): Value =>
        b.batchNorm(
          x,
          {
            gamma: b.parameter(`${name}.gamma`, [channels]),
            beta: b.parameter(`${name}.beta`, [channels]),
            mean: b.statistic(`${name}.mean`, [channels]),
            variance: b.statistic(`${name}.variance`, [channels]),
          },
          true,
          residual,
        );
      const conv = (x: Value, name: string): Value =>
        b.conv2d(x, b.parameter(name, [channels, x.shape[1]!, 3, 3]), 1, 1);
      const x = norm(conv(b.input('images', [16, 3, size, size]), 'stem'), 'norm0');
      const inner = norm(conv(x, 'conv1'), 'norm1');
      const y = norm(conv(inner, 'conv2'), 'norm2', x);
      const rows = b.rowNorms(b.globalAveragePool(y));
      const loss = b.weightedMean(rows, b.input('weights', rows.shape));
      const program = b.training(loss, { loss }, plainSgd);
      expect(planBlocked(program, 16).sums.size).toBe(1);
      await expectBlockedAgrees(program);
    });
  }
});
