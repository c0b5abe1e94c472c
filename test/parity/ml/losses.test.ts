// The losses of the contrastive methods, over batch sizes, dimensions and temperatures, against slow float64
// loops written from the papers' formulas, and their gradients against central differences of those.

import { describe, expect, it } from 'vitest';
import { RandomStream } from '#domain/random.ts';
import type { MethodName } from '#domain/methods/methods.ts';
import { cardOf, methodNames } from '#domain/methods/methods.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { methodOf } from '#ml/methods/methods.ts';

type Rows = readonly (readonly number[])[];

interface Point {
  /** [2B, d]: rows i and i + B are two views of one image. */
  readonly normals: Rows;
  /** [2M, d] */
  readonly outliers: Rows;
}

interface Weights {
  readonly temperature: number;
  readonly alpha: number;
  readonly anchor: number;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0);
const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Chen et al. 2020, equation 1: the mean over all views of −log softmax of the other view. */
function slowNtXent(z: Rows, temperature: number): number {
  const similarity = (a: readonly number[], b: readonly number[]): number =>
    Math.exp(dot(a, b) / norm(a) / norm(b) / temperature);
  return mean(
    z.map((own, i) => {
      const partner = z[(i + z.length / 2) % z.length]!;
      const others = z.filter((_, k) => k !== i).map((other) => similarity(own, other));
      return -Math.log(similarity(own, partner) / others.reduce((sum, value) => sum + value));
    }),
  );
}

function slowLoss(
  method: MethodName,
  { normals, outliers }: Point,
  { temperature, alpha, anchor }: Weights,
): number {
  const contrast = slowNtXent(normals, temperature);
  if (method === 'simclr') return contrast;
  const exposed = contrast + alpha * mean(outliers.map(norm));
  if (method !== 'anchored') return exposed;
  return exposed - anchor * mean(normals.map((row) => Math.log(1 - Math.exp(-norm(row)) + 1e-6)));
}

interface Outcome {
  readonly loss: number;
  readonly ntxent: number;
  readonly normalNorm: number;
  readonly outlierNorm: number | null;
  /** Of the loss. */
  readonly gradient: Point;
}

/** One run of plain gradient descent of rate 1: what the features lose is the gradient. */
async function run(method: MethodName, point: Point, weights: Weights): Promise<Outcome> {
  const { temperature, alpha, anchor } = weights;
  const settings = resolveSettings({
    ...{ preset: 'paper', specimen: 'natural', method },
    overrides: { temperature },
  });
  const builder = new ProgramBuilder('train');
  const width = point.normals[0]!.length;
  const normals = builder.parameter('normals', [point.normals.length, width]);
  const outliers =
    method === 'simclr' ? null : builder.parameter('outliers', [point.outliers.length, width]);
  const batch = { normals, outliers, hidden: () => normals };
  const { loss, terms } = methodOf(method).build(builder, batch, settings);
  const program = builder.training(
    loss,
    { loss, ...terms },
    { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 },
  );
  const session = await cpuEngine(1).compile(program);
  const before: Record<string, Float32Array> = {};
  for (const { name } of program.training!.parameters) {
    before[name] = Float32Array.from(point[name as keyof Point].flat());
  }
  const slots = Object.entries(before).map(([name, values]) => [
    `${name}/momentum`,
    new Float32Array(values.length),
  ]);
  await session.writeState({ ...before, ...(Object.fromEntries(slots) as typeof before) });
  const ones = (rows: Rows): Float32Array => new Float32Array(rows.length).fill(1);
  const outputs = await session.run({
    ...{ normalWeights: ones(point.normals), normalTargets: ones(point.normals) },
    outlierWeights: ones(point.outliers),
    ...{ alpha: Float32Array.of(alpha), anchor: Float32Array.of(anchor) },
    learningRate: Float32Array.of(1),
  });
  const after = await session.readState();
  await session.release();
  const gradientOf = (name: keyof Point): Rows =>
    point[name].map((row, i) =>
      row.map((_, j) => {
        const at = i * width + j;
        return before[name] ? before[name][at]! - after[name]![at]! : 0;
      }),
    );
  return {
    loss: outputs['loss']![0]!,
    ntxent: outputs['ntxent']![0]!,
    normalNorm: outputs['normalNorm']![0]!,
    outlierNorm: outputs['outlierNorm']?.[0] ?? null,
    gradient: { normals: gradientOf('normals'), outliers: gradientOf('outliers') },
  };
}

/** Float32 values, so that both sides start from the same numbers. */
function draw(images: number, outliers: number, width: number, scale: number): Point {
  const stream = new RandomStream(4, 930, images, width);
  const rows = (count: number): Rows =>
    Array.from({ length: count }, () =>
      Array.from({ length: width }, () => Math.fround(scale * stream.normal())),
    );
  return { normals: rows(2 * images), outliers: rows(2 * outliers) };
}

const usual: Weights = { temperature: 0.5, alpha: 0.7, anchor: 1.3 };

/** CSI, whose rows are also shifted copies, has a test of its own (methods/csi.test.ts). */
const contrastive = methodNames.filter(
  (name) => cardOf(name).learningType === 'contrastive' && name !== 'csi',
);

describe.each(contrastive)('the loss of %s', (method) => {
  it.each([
    { images: 2, outliers: 1, width: 3, temperature: 0.5, scale: 1 },
    { images: 3, outliers: 5, width: 2, temperature: 0.07, scale: 3 },
    { images: 8, outliers: 2, width: 7, temperature: 0.2, scale: 0.1 },
    { images: 16, outliers: 16, width: 128, temperature: 2, scale: 1 },
  ])('of $images images and $outliers outliers of $width values at $temperature', async (size) => {
    const point = draw(size.images, size.outliers, size.width, size.scale);
    const weights = { ...usual, temperature: size.temperature };
    const { loss, ntxent, normalNorm, outlierNorm } = await run(method, point, weights);
    const slow = {
      loss: slowLoss(method, point, weights),
      ntxent: slowNtXent(point.normals, size.temperature),
      normalNorm: mean(point.normals.map(norm)),
    };
    expect(Math.abs(loss / slow.loss - 1)).toBeLessThan(1e-5);
    expect(Math.abs(ntxent / slow.ntxent - 1)).toBeLessThan(1e-5);
    expect(Math.abs(normalNorm / slow.normalNorm - 1)).toBeLessThan(1e-5);
    if (method === 'simclr') expect(outlierNorm).toBeNull();
    else expect(Math.abs(outlierNorm! / mean(point.outliers.map(norm)) - 1)).toBeLessThan(1e-5);
  });

  it('has the gradient of the formula', async () => {
    const point = draw(3, 2, 4, 1);
    const { gradient } = await run(method, point, usual);
    const sides = ['normals', 'outliers'] as const;
    for (const side of sides) {
      point[side].forEach((row, i) =>
        row.forEach((_, j) => {
          const moved = (by: number): number => {
            const rows = point[side].map((values) => [...values]);
            rows[i]![j]! += by;
            return slowLoss(method, { ...point, [side]: rows }, usual);
          };
          const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
          expect(Math.abs(gradient[side][i]![j]! - slope), `${side} ${i} ${j}`).toBeLessThan(1e-5);
        }),
      );
    }
  });

  it('does not change when the two views, or the images, change places', async () => {
    const point = draw(4, 3, 5, 1);
    const { normals } = point;
    const swapped = [...normals.slice(4), ...normals.slice(0, 4)];
    const shuffled = [2, 0, 3, 1, 6, 4, 7, 5].map((row) => normals[row]!);
    const [plain, ...others] = await Promise.all(
      [normals, swapped, shuffled].map((rows) => run(method, { ...point, normals: rows }, usual)),
    );
    for (const other of others) expect(other.loss).toBeCloseTo(plain!.loss, 5);
  });
});

describe('the direction of a step', () => {
  /** The rate of change of a row's norm under gradient descent: −g · z / ‖z‖. */
  const growth = (z: Rows, gradient: Rows): number[] =>
    z.map((row, i) => -dot(gradient[i]!, row) / norm(row));

  it('of NT-Xent is across every row: it turns features and leaves their lengths', async () => {
    const point = draw(6, 1, 8, 1);
    const { gradient } = await run('simclr', point, usual);
    expect(Math.max(...gradient.normals.map(norm))).toBeGreaterThan(0.01);
    for (const rate of growth(point.normals, gradient.normals)) expect(rate).toBeCloseTo(0, 5);
  });

  it('of OECL shortens every outlier alike, by α over their number', async () => {
    const point = draw(4, 5, 8, 1);
    const { gradient } = await run('oecl', point, usual);
    for (const rate of growth(point.outliers, gradient.outliers)) {
      expect(rate).toBeCloseTo(-usual.alpha / 10, 5);
    }
    for (const rate of growth(point.normals, gradient.normals)) expect(rate).toBeCloseTo(0, 5);
  });

  it('of anchored OECL lengthens every normal, the short ones most', async () => {
    const point = draw(4, 5, 8, 1);
    const { gradient } = await run('anchored', point, usual);
    growth(point.normals, gradient.normals).forEach((rate, i) => {
      const decay = Math.exp(-norm(point.normals[i]!));
      expect(rate).toBeCloseTo((usual.anchor / 8) * (decay / (1 - decay + 1e-6)), 5);
      expect(rate).toBeGreaterThan(0);
    });
  });

  it('is that of NT-Xent alone while α and anchor are 0, as during warm-up', async () => {
    const point = draw(4, 5, 8, 1);
    const warm = { ...usual, alpha: 0, anchor: 0 };
    const [plain, anchored] = await Promise.all(
      (['simclr', 'anchored'] as const).map((method) => run(method, point, warm)),
    );
    expect(anchored!.loss).toBe(plain!.loss);
    expect(anchored!.gradient.normals).toEqual(plain!.gradient.normals);
    expect(anchored!.gradient.outliers.flat().every((value) => value === 0)).toBe(true);
  });
});

it('a method that needs outliers says so when there are none', () => {
  const builder = new ProgramBuilder('train');
  const normals = builder.parameter('normals', [4, 3]);
  const settings = resolveSettings({
    ...{ preset: 'paper', specimen: 'natural', method: 'oecl', overrides: {} },
  });
  const batch = { normals, outliers: null, hidden: () => normals };
  expect(() => methodOf('oecl').build(builder, batch, settings)).toThrow(
    'This method needs outliers',
  );
});
