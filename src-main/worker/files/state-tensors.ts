// The state of a program (weights, slots, running statistics) as tensors of a file, and back.

import type { Tensors } from '#engine/engine.ts';
import type { Program } from '#engine/ir/program.ts';
import { allFinite } from '#ml/finite.ts';
import type { FileTensor } from './safetensors.ts';
import { damagedFile } from './safetensors.ts';

type FileTensors = Readonly<Record<string, FileTensor>>;

export function stateTensors(program: Program, state: Tensors): FileTensors {
  return Object.fromEntries(
    program.state.map(({ name, value }) => [name, { shape: value.shape, values: state[name]! }]),
  );
}

/** Throws `checkpoint-damaged` when a tensor of the program is missing, misshapen or not finite. */
export function stateFrom(program: Program, tensors: FileTensors, path: string): Tensors {
  return Object.fromEntries(
    program.state.map(({ name, value }) => [
      name,
      assertTensor(tensors, name, value.shape, Float32Array, path),
    ]),
  );
}

/** Throws `checkpoint-damaged` unless the tensor is there, of this shape and type, and finite. */
export function assertTensor<Values extends FileTensor['values']>(
  tensors: FileTensors,
  name: string,
  shape: readonly number[],
  type: new (length: number) => Values,
  path: string,
): Values {
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (tensor === undefined) throw damagedFile(path, `tensor ${name} is missing`);
  const { shape: found, values } = tensor;
  if (!(values instanceof type) || found.join() !== shape.join()) {
    throw damagedFile(path, `tensor ${name} is [${found.join(', ')}], not [${shape.join(', ')}]`);
  }
  if (!allFinite(values)) throw damagedFile(path, `tensor ${name} holds NaN or infinity`);
  return values;
}
