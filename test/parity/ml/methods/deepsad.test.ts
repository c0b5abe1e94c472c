// DeepSAD against a slow loop written from the paper's formula, its centre, and a short training.

import { describe, expect, it } from 'vitest';
import { methodOf } from '#ml/methods/methods.ts';
import { trainShortly } from '../../../unit/ml/methods/short-training.ts';
import { draw, expectStep, type Point } from '../method-loss.ts';

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function squares(point: Point, of: 'normals' | 'outliers'): number[] {
  const [centre] = point['sphere.centre']!;
  return point[of].map((z) => sum(z.map((value, i) => (value - centre![i]!) ** 2)));
}

function slowLoss(eta: number): (point: Point) => number {
  return (point) => {
    const [normals, outliers] = [squares(point, 'normals'), squares(point, 'outliers')];
    const losses = [...normals, ...outliers.map((square) => eta / (square + 1e-6))];
    return sum(losses) / losses.length;
  };
}

describe('DeepSAD', () => {
  it.each([
    { normals: 3, outliers: 2, width: 4, eta: 1 },
    { normals: 1, outliers: 5, width: 7, eta: 0 },
    { normals: 16, outliers: 16, width: 128, eta: 20 },
  ])('of $normals normals, $outliers outliers and η $eta is the formula', async (of) => {
    const point = {
      normals: draw(of.normals, of.width, 1),
      outliers: draw(of.outliers, of.width, 2),
      'sphere.centre': draw(1, of.width, 3),
    };
    const { terms } = await expectStep('deepsad', { eta: of.eta }, point, slowLoss(of.eta));
    const mean = sum(squares(point, 'outliers')) / of.outliers;
    expect(terms['outlierSquare']! / mean).toBeCloseTo(1, 5);
  });

  it('takes as the centre the mean of the features, no value of it near 0', () => {
    const z = Float32Array.of(1, -0.05, 0.02, 3, -0.01, 0.04);
    const { 'sphere.centre': centre } = methodOf('deepsad').prepare!(z, 2);
    expect([...centre!]).toEqual([2, Math.fround(-0.1), Math.fround(0.1)]);
  });

  it('scores by the mean squared distance of the views from the centre, nearer is more normal', () => {
    const own = methodOf('deepsad').fit!({ 'sphere.centre': Float32Array.of(1, 0) });
    const reference = {
      ...{ mean: new Float64Array(1), factor: Float64Array.of(1) },
      ...{ features: Float32Array.of(1), embeddings: Float32Array.of(1, 0), readOut: null },
    };
    const image = {
      h: Float32Array.of(1),
      z: Float32Array.of(1, 3, 2, 0),
      views: 2,
      pooled: Float32Array.of(1),
    };
    expect(methodOf('deepsad').score(image, { reference, own })['centreSquare']).toBe(-5);
  });

  it('separates images that it has not seen after a short training, the right way up', async () => {
    const { steps, aurocs } = await trainShortly('deepsad');
    const last = steps.at(-1)!.terms;
    expect(last['outlierSquare']).toBeGreaterThan(2 * last['normalSquare']!);
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss);
    expect(aurocs['centreSquare']).toBeGreaterThan(0.85);
    expect(aurocs['nearest5']).toBeGreaterThan(0.6);
  });
});
