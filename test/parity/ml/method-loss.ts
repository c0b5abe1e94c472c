// The loss of one method on given features: on the CPU engine and on the TensorFlow.js oracle, against a
// slow float64 loop, and its gradients against central differences of that loop.

import { expect } from 'vitest';
import type { TrainedName } from '#domain/methods/methods.ts';
import { RandomStream } from '#domain/random.ts';
import { resolveSettings, type SettingChoice } from '#domain/run-settings.ts';
import type { Engine, Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { methodOf } from '#ml/methods/methods.ts';
import { oracleEngine, relativeError } from '../engine/support/support.ts';

export type Rows = readonly (readonly number[])[];

/** Features z, and what else the method keeps by name, a row each. */
export type Point = Readonly<Record<'normals' | 'outliers', Rows>> & Readonly<Record<string, Rows>>;

/** So large that what a value loses is not lost beside the value. */
const rate = 2 ** 10;
const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;

/** Normal random numbers, as float32 has them: both sides start from the same. */
export function draw(rows: number, width: number, seed: number, scale = 1): Rows {
  const stream = new RandomStream(4, 940, seed);
  return Array.from({ length: rows }, () =>
    Array.from({ length: width }, () => Math.fround(scale * stream.normal())),
  );
}

export interface Step {
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  /** Of the loss, by what it was taken for. */
  readonly gradients: Tensors;
}

async function step(
  on: Engine,
  method: TrainedName,
  overrides: SettingChoice['overrides'],
  point: Point,
): Promise<Step> {
  const chosen = { preset: 'paper', specimen: 'natural', method, overrides } as const;
  const settings = resolveSettings(chosen);
  const { card, build, inputs } = methodOf(method);
  const b = new ProgramBuilder('train');
  const shapeOf = (rows: Rows) => [rows.length, rows[0]!.length];
  const normals = b.parameter('normals', shapeOf(point.normals));
  const takesNone = card.outliers === 'none';
  const outliers = takesNone ? null : b.parameter('outliers', shapeOf(point.outliers));
  // Of methods that read h.
  const hidden = () => b.parameter('hidden', shapeOf(point['hidden']!));
  const { loss, terms, distributions } = build(b, { normals, outliers, hidden }, settings);
  const program = b.training(loss, { loss, ...terms, ...distributions }, plainSgd);
  const session = await on.compile(program);
  const before: Tensors = Object.fromEntries(
    program.state.map(({ name, value }) => [
      name,
      Float32Array.from(
        point[name]?.flat() ??
          new Array<number>(value.shape.reduce((size, side) => size * side, 1)).fill(0),
      ),
    ]),
  );
  await session.writeState(before);
  const scalars = Object.entries(inputs?.(settings, 9, 10) ?? {});
  const outputs = await session.run({
    ...Object.fromEntries(scalars.map(([name, value]) => [name, Float32Array.of(value)])),
    learningRate: Float32Array.of(rate),
  });
  const read = card.terms.map(({ name }) => [name, outputs[name]![0]!] as const);
  const found = { loss: outputs['loss']![0]!, terms: Object.fromEntries(read) };
  const after = await session.readState();
  await session.release();
  const gradients = program.training!.parameters.map(({ name }) => [
    name,
    before[name]!.map((value, at) => (value - after[name]![at]!) / rate),
  ]);
  return { ...found, gradients: Object.fromEntries(gradients) as Tensors };
}

/** The step of both engines agree with each other and with the loop; returns that of the CPU engine. */
export async function expectStep(
  method: TrainedName,
  overrides: SettingChoice['overrides'],
  point: Point,
  slowLoss: (point: Point) => number,
): Promise<Step> {
  const [ours, oracle] = await Promise.all(
    [cpuEngine(1), await oracleEngine()].map((on) => step(on, method, overrides, point)),
  );
  const slow = slowLoss(point);
  expect(Math.abs(ours!.loss / slow - 1)).toBeLessThan(1e-5);
  expect(Math.abs(oracle!.loss / slow - 1)).toBeLessThan(1e-5);
  for (const [name, gradient] of Object.entries(ours!.gradients)) {
    expect(relativeError(gradient, oracle!.gradients[name]!), `${name}, oracle`).toBeLessThan(1e-4);
    const slopes = Float32Array.from(gradient, (_, at) => slopeOf(slowLoss, point, name, at));
    expect(relativeError(gradient, slopes), `${name}, differences`).toBeLessThan(1e-3);
  }
  return ours!;
}

function slopeOf(loss: (point: Point) => number, point: Point, name: string, at: number): number {
  const rows = point[name]!;
  const width = rows[0]!.length;
  const moved = (by: number): number =>
    loss({
      ...point,
      [name]: rows.map((row, i) =>
        row.map((value, j) => (i * width + j === at ? value + by : value)),
      ),
    });
  return (moved(1e-5) - moved(-1e-5)) / 2e-5;
}
