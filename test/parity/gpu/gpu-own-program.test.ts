// A program timed on a card, apart from this process: what `auto` compares with the processor.

import { beforeAll, describe, expect, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { smallNet } from '#engine/ir/small-net.ts';
import { timeApart } from '#engine/time-apart.ts';
import { hasSoftwareGpu, useSoftwareGpu } from '../../support/software-gpu.ts';

describe.runIf(hasSoftwareGpu)('a program timed on a graphics card', { timeout: 600_000 }, () => {
  beforeAll(() => {
    useSoftwareGpu();
  });

  it('has a time and names the card', async () => {
    const builder = new ProgramBuilder('train');
    const { loss } = smallNet(builder, { width: 4, size: 16, batch: 8, pool: true });
    const optimiser = { name: 'sgd', momentum: 0.9, weightDecay: 0, trust: 0 } as const;
    const program = builder.training(loss, { loss }, optimiser);
    const found = await timeApart('webgpu', 1, program, 300_000);
    expect(found).toMatchObject({ device: expect.stringContaining('SwiftShader') as string });
    expect('milliseconds' in found && found.milliseconds > 0).toBe(true);
  });
});
