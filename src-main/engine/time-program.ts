// How long an engine takes for a program.

import { RandomStream } from '#domain/random.ts';
import type { Engine, Tensors } from './engine.ts';
import type { NamedValue, Program, StateTensor } from './ir/program.ts';
import { elementCount } from './ir/program.ts';

/** A slow device is timed by fewer steps, milliseconds in all. */
const longestTiming = 5000;

/** Median milliseconds of up to `steps` steps after one that warms up. Throws what the engine throws. */
export async function timeProgram(
  engine: Engine,
  program: Program,
  steps: number,
): Promise<number> {
  const session = await engine.compile(program);
  try {
    await session.writeState(named(program.state, stateValues));
    const inputs = named(program.inputs, inputValues);
    await session.run(inputs);
    const times: number[] = [];
    for (let step = 0, spent = 0; step < steps && spent < longestTiming; step++) {
      const start = performance.now();
      await session.run(inputs);
      times.push(performance.now() - start);
      spent += times.at(-1)!;
    }
    return times.sort((a, b) => a - b)[times.length >> 1]!;
  } finally {
    await session.release();
  }
}

function named<Entry extends NamedValue>(
  entries: readonly Entry[],
  valuesOf: (entry: Entry, count: number) => Float32Array,
): Tensors {
  return Object.fromEntries(
    entries.map((entry) => [entry.name, valuesOf(entry, elementCount(entry.value.shape))]),
  );
}

const noise = new RandomStream(1, 902);
/** Repeated in larger tensors: a network has millions of weights, and its time does not depend on them. */
const noiseBlock = Float32Array.from({ length: 4099 }, () => noise.normal());

function repeated(count: number, scale: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = scale * noiseBlock[i % noiseBlock.length]!;
  return values;
}

/** Weights of ±1/√fan-in, no momentum, everything else 1, so that numbers stay ordinary ones. */
function stateValues({ kind, value }: StateTensor, count: number): Float32Array {
  if (kind === 'slot') return new Float32Array(count);
  const isWeight = kind === 'parameter' && value.shape.length > 1;
  if (!isWeight) return new Float32Array(count).fill(1);
  return repeated(count, Math.sqrt(value.shape[0]! / count));
}

function inputValues({ name, value }: NamedValue, count: number): Float32Array {
  if (value.shape.length > 1) return repeated(count, 1);
  return new Float32Array(count).fill(name === 'learningRate' ? 0.01 : 0.5);
}
