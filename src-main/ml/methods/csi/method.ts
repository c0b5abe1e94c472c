// CSI (Tack et al., 2020): every view also has shifted copies, which are images of their own in NT-Xent, and
// whose shift a linear classifier on h tells:
//   L = NT-Xent(views and copies) + λ · mean over them of −log p(their shift | h).

import { csi as card } from '#domain/methods/csi.ts';
import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';
import { instancesOf } from '../../instances.ts';
import { lengthOf, unitRows } from '../../linear-algebra.ts';
import { nearestByCosine } from '../../nearest.ts';
import { featureScores } from '../../scores/feature-scores.ts';
import { bankRows } from '../../scores/reference.ts';
import { method, type InstanceFeatures } from '../method.ts';

const weightName = 'shift.weight';
const biasName = 'shift.bias';

export const csi = method(card, {
  build: (b, batch, settings) => {
    const kinds = 1 + instancesOf(settings).length;
    const h = batch.hidden();
    const [rows, size] = h.shape as [number, number];
    const ntxent = b.ntXent(batch.normals, settings.temperature);
    const weight = b.parameter(weightName, [kinds, size]);
    const logits = b.linear(h, weight, b.parameter(biasName, [kinds]));
    const right = b.constant(kindsOfRows(rows, kinds), [rows, kinds]);
    const chosen = b.sum(b.mul(b.logSoftmax(logits), right));
    const shiftEntropy = b.mul(chosen, -1 / rows);
    const normalNorms = unshifted(b, b.rowNorms(batch.normals), kinds);
    return {
      loss: b.add(ntxent, b.mul(shiftEntropy, settings.shiftWeight)),
      terms: { ntxent, shiftEntropy, normalNorm: b.mean(normalNorms) },
      distributions: { normalNorms },
    };
  },
  fit: (state) => ({ weight: state[weightName]!, bias: state[biasName]! }),
  fitInstances: (features, count, fitted, seed) => fitBank(features, count, fitted, seed),
  score: (image, { reference, own }) => {
    const { instances } = image;
    if (instances === undefined) throw new Error('CSI scores shifted copies, and there are none');
    const [contrastWeights, shiftWeights] = [own['contrastWeights']!, own['shiftWeights']!];
    const kinds = contrastWeights.length;
    const { views } = image;
    const [d, e] = [image.h.length, image.z.length / views];
    const bank = own['bank']!;
    let [csiContrast, csiShift] = [0, 0];
    for (let kind = 0; kind < kinds; kind++) {
      const ofKind = bank.subarray(
        (kind * bank.length) / kinds,
        ((kind + 1) * bank.length) / kinds,
      );
      for (let view = 0; view < views; view++) {
        const row = kind * views + view;
        const z = instances.z.subarray(row * e, (row + 1) * e);
        const h = instances.h.subarray(row * d, (row + 1) * d);
        const similar = nearestByCosine(z, ofKind, 1)[0]!.value * lengthOf(z);
        csiContrast += (contrastWeights[kind]! * similar) / views;
        csiShift += (shiftWeights[kind]! * logitOf(h, own['weight']!, own['bias']!, kind)) / views;
      }
    }
    return {
      csi: csiContrast + csiShift,
      ...{ csiContrast, csiShift },
      ...featureScores(image, reference),
    };
  },
});

/** Rows of a batch: the first view of all images, then all first copies of it and so on; then the second view. */
function kindsOfRows(rows: number, kinds: number): number[] {
  const slots = rows / 2 / kinds;
  return Array.from({ length: rows * kinds }, (_, at) => {
    const kind = Math.floor((Math.floor(at / kinds) % (rows / 2)) / slots);
    return at % kinds === kind ? 1 : 0;
  });
}

/** The values of the views themselves, of values of all rows. */
function unshifted(b: ProgramBuilder, values: Value, kinds: number): Value {
  const half = values.shape[0]! / 2;
  const slots = half / kinds;
  return b.concat([b.rows(values, 0, slots), b.rows(values, half, half + slots)], 0);
}

function logitOf(h: Float32Array, weight: Float32Array, bias: Float32Array, kind: number): number {
  let sum = bias[kind]!;
  for (let i = 0; i < h.length; i++) sum += h[i]! * weight[kind * h.length + i]!;
  return sum;
}

/**
 * Of each kind of copy S of the normal training images x, all plain: the bank of unit rows z(S(x)), and the
 * weights that balance the parts of the score, 1 / mean ‖z(S(x))‖ and 1 / mean logit of S. A classifier whose
 * mean logit is not positive has not learnt that shift: its weight is 0.
 */
function fitBank(
  { h, z }: InstanceFeatures,
  count: number,
  { weight, bias }: Readonly<Record<string, Float32Array>>,
  seed: number,
): Record<string, Float32Array> {
  const kinds = bias!.length;
  const d = weight!.length / kinds;
  const e = z.length / count / kinds;
  const kept = bankRows(count, seed);
  const bank = new Float32Array(kinds * kept.length * e);
  const contrastWeights = new Float32Array(kinds);
  const shiftWeights = new Float32Array(kinds);
  for (let kind = 0; kind < kinds; kind++) {
    const rows = new Float32Array(count * e);
    let [norms, logits] = [0, 0];
    for (let image = 0; image < count; image++) {
      const row = image * kinds + kind;
      const own = z.subarray(row * e, (row + 1) * e);
      rows.set(own, image * e);
      norms += lengthOf(own) / count;
      logits += logitOf(h.subarray(row * d, (row + 1) * d), weight!, bias!, kind) / count;
    }
    bank.set(unitRows(rows, e, kept), kind * kept.length * e);
    contrastWeights[kind] = 1 / Math.max(norms, 1e-12);
    shiftWeights[kind] = logits > 0 ? 1 / logits : 0;
  }
  return { bank, contrastWeights, shiftWeights };
}
