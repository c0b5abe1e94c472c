// What the methods of the OECL family feed at each step.

import { expect, it } from 'vitest';
import { resolveSettings } from '#domain/run-settings.ts';
import { warmedUp } from '#ml/methods/contrast.ts';
import { methodOf } from '#ml/methods/methods.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

it('α and anchor switch on after the warm-up and stay on', () => {
  const weights = (warmup: number, steps: number): number[] =>
    upTo(steps).map((step) => warmedUp(1, { warmup }, step, steps));
  expect(weights(0.2, 10)).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
  expect(weights(0.25, 6)).toEqual([0, 0, 1, 1, 1, 1]);
  expect(weights(0, 3)).toEqual([1, 1, 1]);
  expect(weights(1, 3)).toEqual([0, 0, 0]);
});

it('only the anchored method feeds an anchor, and SimCLR nothing', () => {
  const settings = resolveSettings({
    ...{ preset: 'paper', specimen: 'natural', method: 'anchored' },
    overrides: { alpha: 0.5, anchor: 2, warmup: 0.5 },
  });
  expect(methodOf('anchored').inputs?.(settings, 1, 4)).toEqual({ alpha: 0, anchor: 0 });
  expect(methodOf('anchored').inputs?.(settings, 2, 4)).toEqual({ alpha: 0.5, anchor: 2 });
  expect(methodOf('oecl').inputs?.(settings, 2, 4)).toEqual({ alpha: 0.5 });
  expect(methodOf('simclr').inputs).toBeUndefined();
});
