// The state of a network before training, with PyTorch's default initialisation.

import { RandomStream, purpose } from '#domain/random.ts';
import type { Tensors } from '#engine/engine.ts';
import type { Program, Shape } from '#engine/ir/program.ts';
import { elementCount } from '#engine/ir/program.ts';

/**
 * Convolutions and linear layers: uniform in ±1/√fan-in (PyTorch's default), their biases alike;
 * batch normalisation: weight and variance 1, bias and mean 0; slots 0. Tensor i of the program
 * draws from a separate random stream.
 */
export function initialState(program: Program, seed: number): Tensors {
  const shapes = new Map(program.state.map(({ name, value }) => [name, value.shape]));
  const state: Record<string, Float32Array> = {};
  program.state.forEach(({ name, value, kind }, index) => {
    const values = new Float32Array(elementCount(value.shape));
    state[name] = values;
    if (kind === 'slot') return;
    if (kind === 'statistic') {
      if (name.endsWith('.variance')) values.fill(1);
      return;
    }
    const weight = name.endsWith('.bias')
      ? shapes.get(name.replace(/bias$/, 'weight'))
      : value.shape;
    if (weight === undefined || weight.length === 1) {
      if (name.endsWith('.weight')) values.fill(1);
      return;
    }
    const bound = 1 / Math.sqrt(fanIn(weight));
    const stream = new RandomStream(seed, purpose.initialWeights, index);
    for (let i = 0; i < values.length; i++) values[i] = stream.between(-bound, bound);
  });
  return state;
}

function fanIn(shape: Shape): number {
  return elementCount(shape.slice(1));
}
