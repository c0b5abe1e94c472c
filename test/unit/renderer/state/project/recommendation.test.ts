// The recommended mix in the window: asked for, cancelled by a newer question, forgotten.

import { expect, it } from 'vitest';
import type { RecommendedMix } from '#contract/outlier.ts';
import { Recommendation } from '../../../../../src-renderer/state/project/recommendation.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

const mix: RecommendedMix = {
  ...{ basis: 'advice', outliers: [], sentence: 'Shifts Swirl.' },
  shifts: [{ name: 'swirl', weight: 1, strength: 0.5 }],
};
const asked = { dataset: 'cells', method: 'anchored' as const };

it('is there once it was asked for, and gone when images or method change', async () => {
  const { client } = fakeCore({ 'mix.recommend': () => mix });
  const recommendation = new Recommendation(client);
  expect(recommendation.mix).toBeUndefined();
  const answer = recommendation.ask(asked);
  expect(recommendation.isAsking).toBe(true);
  expect(await answer).toEqual(mix);
  expect(recommendation.isAsking).toBe(false);
  expect(recommendation.mix).toEqual(mix);
  recommendation.forget();
  expect(recommendation.mix).toBeUndefined();
});
