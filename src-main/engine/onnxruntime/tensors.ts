// Tensors between programs and onnxruntime: checked against their shapes, fed, copied.

import * as ort from 'onnxruntime-node';
import type { Tensors } from '../engine.ts';
import type { Program, Shape } from '../ir/program.ts';
import { elementCount } from '../ir/program.ts';

function checked(name: string, shape: Shape, values: Float32Array | undefined): Float32Array {
  if (values === undefined) throw new Error(`Tensor ${name} is missing`);
  if (values.length !== elementCount(shape)) {
    throw new Error(`Tensor ${name} has ${values.length} values, not ${elementCount(shape)}`);
  }
  return values;
}

/** The whole state; throws when a tensor is missing or has the wrong length. */
export function checkedState(program: Program, state: Tensors): Tensors {
  return Object.fromEntries(
    program.state.map(({ name, value }) => [name, checked(name, value.shape, state[name])]),
  );
}

export function copied(tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, values]) => [name, values.slice()]),
  );
}

/** The inputs of a run; throws like checkedState. */
export function fed(program: Program, inputs: Tensors): Record<string, ort.Tensor> {
  return Object.fromEntries(
    program.inputs.map(({ name, value }) => [
      name,
      new ort.Tensor('float32', checked(name, value.shape, inputs[name]), value.shape),
    ]),
  );
}

export function empty(shape: Shape): ort.Tensor {
  return new ort.Tensor('float32', new Float32Array(elementCount(shape)), [...shape]);
}
