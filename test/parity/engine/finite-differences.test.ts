// Gradients of whole small nets against central differences of the loss.

import { describe, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { smallNet } from '#engine/ir/small-net.ts';
import { expectCentralDifferences } from './support/support.ts';

describe('gradients of every parameter agree with central differences', () => {
  for (const pool of [false, true]) {
    it(`in a residual net ${pool ? 'with a pooled stem' : 'with a 3×3 stem'}`, async () => {
      const builder = new ProgramBuilder('train');
      const { loss } = smallNet(builder, { width: 4, size: 16, batch: 8, pool });
      const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;
      await expectCentralDifferences(builder.training(loss, { loss }, plainSgd), 5);
    });
  }
});
