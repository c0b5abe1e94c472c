// HSC against a slow loop written from the paper's formula, and a short training.

import { describe, expect, it } from 'vitest';
import { trainShortly } from '../../../unit/ml/methods/short-training.ts';
import { draw, expectStep, type Point, type Rows } from '../method-loss.ts';

const distance = (z: readonly number[]): number =>
  Math.sqrt(z.reduce((sum, value) => sum + value * value, 0) + 1) - 1;
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const mean = (rows: Rows): number => sum(rows.map(distance)) / rows.length;

function slowLoss({ normals, outliers }: Point): number {
  const far = outliers.map((z) => -Math.log(1 - Math.exp(-distance(z)) + 1e-6));
  return (sum(normals.map(distance)) + sum(far)) / (normals.length + outliers.length);
}

describe('HSC', () => {
  it.each([
    { normals: 3, outliers: 2, width: 4, scale: 1 },
    { normals: 1, outliers: 5, width: 7, scale: 0.2 },
    { normals: 16, outliers: 16, width: 128, scale: 3 },
  ])('of $normals normals and $outliers outliers of $width values is the formula', async (of) => {
    const point = {
      normals: draw(of.normals, of.width, 1, of.scale),
      outliers: draw(of.outliers, of.width, 2, of.scale),
    };
    const { terms } = await expectStep('hsc', {}, point, slowLoss);
    expect(terms['normalDistance']).toBeCloseTo(mean(point.normals), 4);
    expect(terms['outlierDistance']).toBeCloseTo(mean(point.outliers), 4);
  });

  it('has finite gradients where an outlier lies in the centre', async () => {
    const point = { normals: draw(2, 3, 1), outliers: [[0, 0, 0]] };
    const { loss, gradients } = await expectStep('hsc', {}, point, slowLoss);
    expect(Number.isFinite(loss)).toBe(true);
    expect(gradients['outliers']!.every((value) => value === 0)).toBe(true);
  });

  it('separates images that it has not seen after a short training, the right way up', async () => {
    const { steps, aurocs } = await trainShortly('hsc');
    const last = steps.at(-1)!.terms;
    expect(last['outlierDistance']).toBeGreaterThan(2 * last['normalDistance']!);
    expect(aurocs['sphereDistance']).toBeGreaterThan(0.85);
    expect(aurocs['mahalanobis']).toBeGreaterThan(0.85);
  });
});
