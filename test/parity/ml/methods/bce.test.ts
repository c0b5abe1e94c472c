// BCE against a slow loop written from its formula, and a short training.

import { describe, expect, it } from 'vitest';
import { methodOf } from '#ml/methods/methods.ts';
import { trainShortly } from '../../../unit/ml/methods/short-training.ts';
import { draw, expectStep, type Point } from '../method-loss.ts';

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function logits(point: Point, of: 'normals' | 'outliers'): number[] {
  const [weight] = point['logit.weight']!;
  const bias = point['logit.bias']![0]![0]!;
  return point[of].map((z) => bias + sum(z.map((value, i) => value * weight![i]!)));
}

function slowLoss(point: Point): number {
  const [normals, outliers] = [logits(point, 'normals'), logits(point, 'outliers')];
  const losses = [
    ...normals.map((logit) => Math.log(1 + Math.exp(-logit))),
    ...outliers.map((logit) => Math.log(1 + Math.exp(logit))),
  ];
  return sum(losses) / losses.length;
}

describe('BCE', () => {
  it.each([
    { normals: 3, outliers: 2, width: 4, scale: 1 },
    { normals: 1, outliers: 5, width: 7, scale: 3 },
    { normals: 16, outliers: 16, width: 128, scale: 0.3 },
  ])('of $normals normals and $outliers outliers of $width values is the formula', async (of) => {
    const point = {
      normals: draw(of.normals, of.width, 1, of.scale),
      outliers: draw(of.outliers, of.width, 2, of.scale),
      'logit.weight': draw(1, of.width, 3),
      'logit.bias': [[0.25]],
    };
    const { terms } = await expectStep('bce', {}, point, slowLoss);
    const probabilities = logits(point, 'outliers').map((logit) => 1 / (1 + Math.exp(-logit)));
    expect(terms['outlierProbability']).toBeCloseTo(sum(probabilities) / of.outliers, 5);
  });

  it('stays finite for logits that an exponential would overflow', async () => {
    const point = {
      normals: [[-200], [200]],
      outliers: [[150]],
      'logit.weight': [[1]],
      'logit.bias': [[0]],
    };
    const { loss } = await expectStep('bce', {}, point, slowLoss);
    expect(loss).toBeCloseTo(350 / 3, 3);
  });

  it('scores by the mean logit of the views, with the weights that were trained', () => {
    const state = { 'logit.weight': Float32Array.of(1, -2), 'logit.bias': Float32Array.of(0.5) };
    const own = methodOf('bce').fit!(state);
    const reference = {
      ...{ mean: new Float64Array(1), factor: Float64Array.of(1) },
      ...{ features: Float32Array.of(1), embeddings: Float32Array.of(1, 0), readOut: null },
    };
    const image = {
      h: Float32Array.of(1),
      z: Float32Array.of(3, 1, 1, 0),
      views: 2,
      pooled: Float32Array.of(1),
    };
    expect(methodOf('bce').score(image, { reference, own })['normalLogit']).toBe(1.5);
  });

  it('separates images that it has not seen after a short training, the right way up', async () => {
    const { steps, aurocs } = await trainShortly('bce');
    const last = steps.at(-1)!.terms;
    expect(last['normalProbability']).toBeGreaterThan(0.5 + last['outlierProbability']!);
    expect(aurocs['normalLogit']).toBeGreaterThan(0.85);
    expect(aurocs['mahalanobis']).toBeGreaterThan(0.85);
  });
});
