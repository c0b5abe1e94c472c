// Which way of computing a weight gradient is faster on a device: timed once a shape, kept in a file.

import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { writeWhole } from '#files/whole-file.ts';
import type { Program, Value } from '../ir/program.ts';
import { elementCount } from '../ir/program.ts';
import {
  weightGradient,
  weightGradientWays,
  type WeightGradient,
  type WeightGradientWay,
} from '../lower/plain/convolution.ts';
import { liveOperations } from '../lower/plain/lower.ts';
import { OnnxGraph } from '../onnx/graph.ts';
import { providerOptions, type Provider } from './session-options.ts';

/** Multiplications below which it is not worth while to find out. */
const smallest = 2e7;
const timedRuns = 3;
/** A slow device is timed by fewer runs, milliseconds in all. */
const longestTiming = 1000;

type Ways = Record<string, WeightGradientWay>;

/** Runs one way on ones, in milliseconds; Infinity where the device cannot. */
type Time = (operation: WeightGradient, way: WeightGradientWay) => Promise<number>;

export class WeightGradientTiming {
  readonly #file: string;
  readonly #time: Time;
  #ways: Ways | undefined;

  /** `device`: whatever changes with the device, its driver or onnxruntime. */
  constructor(folder: string, device: string, time: Time) {
    const key = createHash('sha256').update(`${device}\n${ort.env.versions.node}`).digest('hex');
    this.#file = join(folder, `weight-gradients-${key.slice(0, 16)}.json`);
    this.#time = time;
  }

  /** The faster way of each of the program's weight gradients. */
  async ways(program: Program): Promise<(operation: WeightGradient) => WeightGradientWay> {
    const known = (this.#ways ??= await this.#read());
    let isNew = false;
    for (const operation of liveOperations(program)) {
      if (operation.kind !== 'conv2dWeightGradient') continue;
      const key = shapeOf(operation);
      if (known[key] !== undefined || multiplications(operation) < smallest) continue;
      const times: number[] = [];
      for (const way of weightGradientWays) times.push(await this.#time(operation, way));
      known[key] = weightGradientWays[times.indexOf(Math.min(...times))]!;
      isNew = true;
    }
    if (isNew) await this.#write(known);
    return (operation) => known[shapeOf(operation)] ?? 'products';
  }

  /** A file that is missing or damaged is measured again. */
  async #read(): Promise<Ways> {
    try {
      const parsed: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      const isWay = (way: unknown) => weightGradientWays.some((known) => known === way);
      return Object.values(parsed as Ways).every(isWay) ? (parsed as Ways) : {};
    } catch {
      return {};
    }
  }

  /** Whole or not at all; a folder that cannot be written costs the timing once more. */
  async #write(ways: Ways): Promise<void> {
    try {
      await mkdir(dirname(this.#file), { recursive: true });
      await writeWhole(this.#file, [JSON.stringify(ways)]);
    } catch {
      return;
    }
  }
}

function shapeOf({ inputs, outputs, attributes }: WeightGradient): string {
  const shapes = [...inputs, ...outputs].map(({ shape }) => shape.join('x'));
  return [...shapes, attributes.stride, attributes.padding].join(' ');
}

function multiplications({ inputs: [, dy], outputs: [dWeight] }: WeightGradient): number {
  const [n, , height, width] = dy.shape as [number, number, number, number];
  return elementCount(dWeight.shape) * n * height * width;
}

/** The shortest of some runs on a provider. */
export async function timeWay(
  provider: Provider,
  operation: WeightGradient,
  way: WeightGradientWay,
): Promise<number> {
  const [x, dy] = operation.inputs;
  const [dWeight] = operation.outputs;
  const graph = new OnnxGraph();
  // Made on the device, so that the way there is not timed.
  for (const { id, shape } of [x, dy]) {
    graph.node('Expand', ['one', graph.integers(shape)], {}, `v${id}`);
  }
  weightGradient(graph, operation, (value: Value) => `v${value.id}`, way);
  graph.node('ReduceSum', [`v${dWeight.id}`], { keepdims: 0 }, 'sum');
  const model = graph.finish([{ name: 'one', shape: [1] }], [{ name: 'sum', shape: [] }]);
  try {
    const session = await ort.InferenceSession.create(model, providerOptions(provider, 'disabled'));
    const one = new ort.Tensor('float32', Float32Array.of(1), [1]);
    // The first run compiles.
    await session.run({ one });
    let shortest = Infinity;
    for (let run = 0, spent = 0; run < timedRuns && spent < longestTiming; run++) {
      const start = performance.now();
      await session.run({ one });
      const time = performance.now() - start;
      spent += time;
      shortest = Math.min(shortest, time);
    }
    await session.release();
    return shortest;
  } catch {
    return Infinity;
  }
}
