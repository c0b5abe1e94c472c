import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { RankedImage } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { Results } from '../../../../../src-renderer/state/project/results.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

function ranked(imageId: number): RankedImage {
  return {
    ...{ imageId, hash: String(imageId), path: `/${String(imageId)}.png`, role: 'normal' },
    ...{
      class: null,
      group: null,
      domain: null,
      split: 'test',
      anomalyScore: -imageId,
      anomalyRank: null,
    },
    flagged: null,
  };
}

function resultsOf(count: number) {
  const asked: unknown[] = [];
  const core = fakeCore({
    'scores.rank': ({ offset = 0, limit = 100, by }) => {
      asked.push({ offset, ...(by === undefined ? {} : { by }) });
      const length = Math.max(0, Math.min(limit, count - offset));
      return Array.from({ length }, (_, at) => ranked(offset + at));
    },
    'scores.evaluate': () => {
      throw new Failure('bad-input', 'Score the dataset first.');
    },
    'scores.curves': () => {
      throw new Failure('bad-input', 'Score the dataset first.');
    },
    'scores.baseline': () => ({
      auroc: 0.9,
      auroc95: [0.8, 1],
      counts: { normal: 5, anomalous: 5 },
    }),
  });
  return { results: new Results(core.client, { modelId: 1, dataset: 'cells' }), asked };
}

describe('the results of a model', () => {
  it('load the ranking page by page, each once and only when it comes into view', async () => {
    const { results, asked } = resultsOf(1500);
    await results.load();
    expect(results.isWhole).toBe(false);
    await results.view(900);
    expect(asked).toEqual([{ offset: 0 }]);
    await Promise.all([results.view(1000), results.view(1000)]);
    flushSync();
    expect(asked).toEqual([{ offset: 0 }, { offset: 1000 }]);
    expect(results.ranked.map(({ imageId }) => imageId)).toEqual(
      Array.from({ length: 1500 }, (_, at) => at),
    );
    expect(results.isWhole).toBe(true);
    await results.view(1500);
    expect(asked).toHaveLength(2);
  });

  it('reload the ranking for another score', async () => {
    const { results, asked } = resultsOf(1500);
    await results.load();
    await results.view(1000);
    await results.rankBy('nearest5');
    expect(asked.at(-1)).toEqual({ offset: 0, by: 'nearest5' });
    expect(results.ranked).toHaveLength(1000);
  });

  it('report why there is no evaluation, and still rank', async () => {
    const { results } = resultsOf(3);
    await results.load();
    expect(results.evaluation.state).toEqual({
      kind: 'failed',
      message: 'Score the dataset first.',
    });
    expect(results.ranked).toHaveLength(3);
  });

  it('load the baseline on request only', async () => {
    const { results } = resultsOf(3);
    await results.load();
    expect(results.baseline).toBeUndefined();
    await results.loadBaseline();
    expect(results.baseline?.value?.auroc).toBe(0.9);
  });

  it('load the certificates and the drift alarm with the measures', async () => {
    const certificate = { heldOut: 20, above: 1, atMost95: 0.2, between95: [0, 0.25] } as const;
    const certificates = {
      ...{ scoreName: 'mahalanobis', anomalyScore: 3, all: certificate, by: null },
      ...{ parts: [], warnings: [] },
    };
    const core = fakeCore({
      'thresholds.certificates': () => certificates,
      'scores.drift': () => null,
    });
    const results = new Results(core.client, { modelId: 1, dataset: 'cells' });
    await results.load();
    expect([results.certificates.value, results.drift.value]).toEqual([certificates, null]);
  });
});
