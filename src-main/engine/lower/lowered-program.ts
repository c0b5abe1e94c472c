// What a lowering gives: an ONNX model, its ports, and how state tensors are laid out in them.

import type { Shape } from '../ir/program.ts';
import type { Port } from '../onnx/graph.ts';

/** How a state tensor lies in memory while a session keeps it. */
export interface StateLayout {
  /** The same for layouts that store a tensor alike. */
  readonly key: string;
  readonly shape: Shape;
  /** From the program's order to this one; both hold their shape's number of values. */
  readonly store: (values: Float32Array, stored: Float32Array) => void;
  /** Back; what only pads is left out. */
  readonly load: (stored: Float32Array, values: Float32Array) => void;
}

export interface LoweredProgram {
  readonly model: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** State tensors that are kept in another layout than the program's, by name. */
  readonly layouts: ReadonlyMap<string, StateLayout>;
}

/** The name under which the next value of state tensor `name` leaves the model. */
export function nextName(name: string): string {
  return `${name}'`;
}
