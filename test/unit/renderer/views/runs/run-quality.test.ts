import { describe, expect, it } from 'vitest';
import type { Evaluation, RunSummary } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { RunQuality } from '../../../../../src-renderer/views/runs/run-quality.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

const metrics = { auroc: 0.9, auroc95: [0.8, 1], aupr: 0.9, fpr95: 0.2 } as const;

const evaluation: Evaluation = {
  ...{ model: 1, dataset: 'cells', counts: { normal: 5, anomalous: 5 }, rankBy: 'mahalanobis' },
  ...{ scores: { mahalanobis: metrics }, threshold: null, flagged: null, groups: [] },
  ...{ types: [], effort: [], warnings: [] },
  shared: {
    normal: { groups: [], images: 0, leftOut: 0 },
    anomalous: { groups: [], images: 0, leftOut: 0 },
  },
  lineage: {
    ...{ model: 1, modelHash: 'ab', run: 1, trainedOn: 'cells', snapshot: 'cd' },
    ...{ codeVersion: '0.1.0', dataset: 'cells', scoredAt: null },
  },
};

function run(id: number, modelId: number | null): RunSummary {
  return {
    ...{ id, name: null, method: 'anchored', preset: 'quick', dataset: 'cells' },
    ...{ seed: 0, engine: 'cpu', snapshotHash: 'a' },
    ...{
      device: null,
      state: 'succeeded',
      failure: null,
      comparison: null,
      isCancelled: false,
      stepsDone: 5,
      stepsTotal: 5,
      modelId,
    },
    ...{ createdAt: '2026-01-01T00:00:00Z', endedAt: null },
  };
}

describe('the quality of runs', () => {
  it('is requested until known, and unknown without a model or scores', async () => {
    const asked: number[] = [];
    const scored = new Set([1]);
    const core = fakeCore({
      'scores.evaluate': ({ modelId }) => {
        asked.push(modelId);
        if (!scored.has(modelId)) throw new Failure('bad-input', 'Score the dataset first.');
        return evaluation;
      },
    });
    const quality = new RunQuality(core.client);
    const runs = [run(1, 1), run(2, 2), run(3, null)];
    await quality.load(runs);
    expect(runs.map((own) => quality.of(own))).toEqual([metrics, undefined, undefined]);
    scored.add(2);
    await quality.load(runs);
    expect(asked).toEqual([1, 2, 2]);
    expect(runs.map((own) => quality.of(own))).toEqual([metrics, metrics, undefined]);
  });

  it('is requested one after the other, and once', async () => {
    let underWay = 0;
    let most = 0;
    let asked = 0;
    const core = fakeCore({
      'scores.evaluate': async () => {
        asked++;
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 2));
        underWay--;
        return evaluation;
      },
    });
    const quality = new RunQuality(core.client);
    const runs = [run(1, 1), run(2, 2), run(3, 3)];
    await Promise.all([quality.load(runs), quality.load(runs)]);
    expect(runs.map((own) => quality.of(own))).toEqual([metrics, metrics, metrics]);
    expect([most, asked]).toEqual([1, 3]);
  });
});
