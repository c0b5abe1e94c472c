// CSI against a slow loop written from the paper's formulas: loss, banks, scores; and a short training.

import { describe, expect, it } from 'vitest';
import { methodOf } from '#ml/methods/methods.ts';
import type { ImageFeatures } from '#ml/methods/method.ts';
import { trainShortly } from '../../../unit/ml/methods/short-training.ts';
import { draw, expectStep, type Point, type Rows } from '../method-loss.ts';

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const dot = (a: readonly number[], b: readonly number[]): number =>
  sum(a.map((value, i) => value * b[i]!));
const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
const cosine = (a: readonly number[], b: readonly number[]): number =>
  dot(a, b) / norm(a) / norm(b);

/** −log of the softmax of `at`. */
function entropy(logits: readonly number[], at: number): number {
  return Math.log(sum(logits.map(Math.exp))) - logits[at]!;
}

/** Rows: the first view of all images, all their first copies, …; then the second view. */
function slowLoss(kinds: number, temperature: number, weight: number): (point: Point) => number {
  return ({ normals, hidden, ...point }) => {
    const rows = normals.length;
    const contrast = normals.map((z, i) => {
      const others = normals.flatMap((other, j) =>
        i === j ? [] : [cosine(z, other) / temperature],
      );
      const partner = (i + rows / 2) % rows;
      return entropy(others, partner > i ? partner - 1 : partner);
    });
    const shifts = hidden!.map((h, i) => {
      const kind = Math.floor((i % (rows / 2)) / (rows / 2 / kinds));
      const logits = point['shift.weight']!.map(
        (w, k) => dot(w, h) + point['shift.bias']!.flat()[k]!,
      );
      return entropy(logits, kind);
    });
    return sum(contrast) / rows + (weight * sum(shifts)) / rows;
  };
}

const flat = (rows: Rows): Float32Array => Float32Array.from(rows.flat());

describe('CSI', () => {
  it.each([
    { images: 3, contrastShift: 'jigsaw', kinds: 2, shiftWeight: 1, temperature: 0.5 },
    { images: 2, contrastShift: 'rotate', kinds: 4, shiftWeight: 3, temperature: 0.2 },
    { images: 4, contrastShift: 'noise', kinds: 2, shiftWeight: 0, temperature: 1 },
  ])('of $images images and $contrastShift is the formula', async (of) => {
    const { kinds, images, ...overrides } = of;
    const rows = 2 * kinds * images;
    const point = {
      normals: draw(rows, 5, 1),
      outliers: draw(1, 5, 2),
      hidden: draw(rows, 6, 3),
      'shift.weight': draw(kinds, 6, 4),
      'shift.bias': draw(1, kinds, 5),
    };
    const slow = slowLoss(kinds, of.temperature, of.shiftWeight);
    const { terms } = await expectStep('csi', overrides, point, slow);
    const own = point.normals.filter((_, row) => row % (rows / 2) < images).map(norm);
    expect(terms['normalNorm']! / (sum(own) / own.length)).toBeCloseTo(1, 5);
  });

  it('scores the sum over kinds and views of cosine × norm and logit, each over its mean', () => {
    const [kinds, count, views, d, e] = [2, 4, 3, 6, 5];
    const state = {
      'shift.weight': flat(draw(kinds, d, 4)),
      // All mean logits are above 0.
      'shift.bias': Float32Array.of(9, 8),
    };
    const [h, z] = [draw(count * kinds, d, 6), draw(count * kinds, e, 7)];
    const [hOf, zOf] = [draw(kinds * views, d, 8), draw(kinds * views, e, 9)];
    const csi = methodOf('csi');
    const fitted = csi.fit!(state);
    const features = { h: flat(h), z: flat(z) };
    const own = { ...fitted, ...csi.fitInstances!(features, count, fitted, 0) };
    const image: ImageFeatures = {
      ...{ h: flat(hOf.slice(0, 1)), z: flat(zOf.slice(0, views)), views },
      ...{ pooled: Float32Array.of(1), instances: { h: flat(hOf), z: flat(zOf) } },
    };
    const reference = {
      ...{ mean: new Float64Array(d), factor: Float64Array.from({ length: d * d }, () => 1) },
      ...{ features: flat(h), embeddings: flat(z), readOut: null },
    };
    const weights = draw(kinds, d, 4);
    const logit = (row: readonly number[], kind: number) => dot(weights[kind]!, row) + 9 - kind;
    let [contrast, shift] = [0, 0];
    for (const kind of [0, 1]) {
      const bank = z.filter((_, row) => row % kinds === kind);
      const meanNorm = sum(bank.map(norm)) / count;
      const logits = h.filter((_, row) => row % kinds === kind).map((row) => logit(row, kind));
      for (let view = 0; view < views; view++) {
        const row = zOf[kind * views + view]!;
        const nearest = Math.max(...bank.map((other) => cosine(row, other)));
        contrast += (nearest * norm(row)) / meanNorm / views;
        shift += logit(hOf[kind * views + view]!, kind) / (sum(logits) / count) / views;
      }
    }
    const { csi: both, csiContrast, csiShift } = csi.score(image, { reference, own });
    expect(csiContrast! / contrast).toBeCloseTo(1, 5);
    expect(csiShift! / shift).toBeCloseTo(1, 5);
    expect(both! / (contrast + shift)).toBeCloseTo(1, 5);
  });

  it('gives a shift that its classifier has not learnt no weight', () => {
    const fitted = { weight: new Float32Array(4), bias: Float32Array.of(2, -1) };
    const features = { h: new Float32Array(8), z: Float32Array.of(1, 2, 3, 4) };
    const own = methodOf('csi').fitInstances!(features, 2, fitted, 0);
    expect([...own['shiftWeights']!]).toEqual([0.5, 0]);
  });

  it('tells the shifts and separates images that it has not seen after a short training', async () => {
    const own = { contrastShift: 'jigsaw' };
    const { steps, aurocs } = await trainShortly('csi', 60, own);
    expect(steps.at(-1)!.terms['shiftEntropy']).toBeLessThan(0.5);
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss);
    expect(aurocs['csi']).toBeGreaterThan(0.7);
  });
});
