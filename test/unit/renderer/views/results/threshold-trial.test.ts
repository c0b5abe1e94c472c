import { describe, expect, it } from 'vitest';
import type { ScoreDistribution, ThresholdPreview } from '#contract/review.ts';
import { ThresholdTrial } from '../../../../../src-renderer/views/results/threshold-trial.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

describe('a previewed threshold', () => {
  it('is requested as fast as the core answers, and always the last one', async () => {
    const asked: (number | undefined)[] = [];
    const core = fakeCore({
      'scores.distribution': () => ({ threshold: { anomalyScore: 1 } }) as ScoreDistribution,
      'thresholds.preview': async (input) => {
        const { anomalyScore } = input as { anomalyScore?: number };
        asked.push(anomalyScore);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return { anomalyScore } as ThresholdPreview;
      },
    });
    const trial = new ThresholdTrial(core.client, { modelId: 1, dataset: 'cells' }, undefined);
    await trial.load();
    const tries = Array.from({ length: 20 }, (_, at) => trial.try({ anomalyScore: 2 + at }));
    expect(trial.limit).toBe(21);
    await Promise.all(tries);
    // The first one is of the line as it is.
    expect(asked).toEqual([undefined, 2, 21]);
    expect(trial.preview).toEqual({ anomalyScore: 21 });
  });
});
