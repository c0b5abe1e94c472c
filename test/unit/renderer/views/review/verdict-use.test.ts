// The button that uses the verdicts of a review: when it can, and what it says at the end.

import { expect, it } from 'vitest';
import type { Job } from '#contract/core.ts';
import type { RefitOffer } from '#contract/refit.ts';
import { VerdictUse } from '../../../../../src-renderer/views/review/verdict-use.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

const asked = { modelId: 1, dataset: 'cells' };
const job: Job = {
  ...{ id: 5, kind: 'refit', runId: 7, state: 'running', done: 0, total: null },
  ...{ note: 'Fitting the read-out', failure: null },
};

function offer(anomalous: number, obstacle: string | null): RefitOffer {
  return { verdicts: { normal: 2, anomalous, heldOut: 0 }, obstacle };
}

it('is open once enough images are judged, busy while the refit runs, and then has the sentence', async () => {
  let now = offer(1, 'At least 3 images are needed.');
  const core = fakeCore({
    'refits.offer': () => now,
    'refits.start': () => ({ runId: 7, jobId: 5 }),
    'runs.show': () => ({ comparison: { reason: 'Model 2 ranks.' }, modelId: 2 }) as never,
  });
  const use = new VerdictUse(core.client, asked);
  expect(use.obstacle).toBeUndefined();
  await use.offer.load();
  expect(use.obstacle).toBe('At least 3 images are needed.');
  now = offer(3, null);
  await use.offer.load();
  expect(use.obstacle).toBeNull();
  expect(use.count).toBe(5);

  await use.start();
  expect(use.obstacle).toBe('These verdicts are being used.');
  expect(use.jobIn([{ ...job, runId: 8 }])).toBeUndefined();
  expect(use.jobIn([job])).toBe(job);
  expect(await use.ended({ ...job, runId: 8, state: 'succeeded' })).toBeUndefined();
  expect(await use.ended(job)).toBeUndefined();
  const ended = await use.ended({ ...job, state: 'succeeded' });
  expect(ended).toEqual({ reason: 'Model 2 ranks.', modelId: 2 });
  expect(use.isBusy).toBe(false);
});

it('is open again after a refit that failed or could not be started', async () => {
  let fails = true;
  const core = fakeCore({
    'refits.offer': () => offer(3, null),
    'refits.start': () => {
      if (fails) throw new Error('The disk is full.');
      return { runId: 7, jobId: 5 };
    },
  });
  const use = new VerdictUse(core.client, asked);
  await use.offer.load();
  await expect(use.start()).rejects.toThrow();
  expect(use.isBusy).toBe(false);
  fails = false;
  await use.start();
  expect(await use.ended({ ...job, state: 'failed' })).toBeUndefined();
  expect(use.obstacle).toBeNull();
});
