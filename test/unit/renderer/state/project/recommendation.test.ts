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

it('is not cancelled by a view that forgets it while a training waits for it', async () => {
  const { client } = fakeCore({ 'mix.recommend': () => mix });
  const recommendation = new Recommendation(client);
  const start = recommendation.input(asked);
  recommendation.forget();
  expect(recommendation.isAsking).toBe(true);
  expect(await start).toMatchObject({ recommended: 'Shifts Swirl.' });
  // A question of the user's is.
  const question = recommendation.ask(asked);
  recommendation.forget();
  expect(recommendation.isAsking).toBe(false);
  await question;
});
