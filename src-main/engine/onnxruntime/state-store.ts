// State tensors in the computer's memory by name, of one session or of several that share them. Programs
// may want one tensor in different layouts: it has a copy in each, of which the newest counts, and the
// others are brought up to date when they are read.

import type * as ort from 'onnxruntime-node';
import type { Session } from '../engine.ts';
import type { Program, Shape } from '../ir/program.ts';
import { elementCount } from '../ir/program.ts';
import { equalShapes } from '../ir/shapes.ts';
import type { LoweredProgram, StateLayout } from '../lower/lowered-program.ts';
import { empty } from './tensors.ts';

export class StateStore {
  readonly #tensors = new Map<string, KeptTensor>();

  /**
   * The program's state by name, each tensor in the layout it wants; what is not there yet is zero.
   * Throws when a tensor is there in another shape.
   */
  join(program: Program, layouts: LoweredProgram['layouts']): Map<string, TensorCopy> {
    for (const { name, value } of program.state) {
      assertShape(name, this.#tensors.get(name)?.shape ?? value.shape, value.shape);
    }
    return new Map(
      program.state.map(({ name, value, next }) => {
        const tensor = this.#tensors.get(name) ?? new KeptTensor(value.shape);
        this.#tensors.set(name, tensor);
        return [name, tensor.copy(layouts.get(name), next !== null)];
      }),
    );
  }
}

/** Throws in words when a tensor that sessions share has two shapes. */
export function assertShape(name: string, shared: Shape, own: Shape): void {
  if (equalShapes(shared, own)) return;
  throw new Error(
    `State ${name} is [${shared.join(', ')}] where it is shared, here [${own.join(', ')}]`,
  );
}

/** What to throw where the session to share with keeps no state that can be shared. */
export function notShared(session: Session): Error {
  return new Error(
    `The state of this session cannot be shared (${session.constructor.name}): share with a training ` +
      'session of the same engine, or with one that shares already',
  );
}

/** One tensor with its copies. */
class KeptTensor {
  readonly shape: Shape;
  readonly #copies = new Map<string, TensorCopy>();
  #newest: TensorCopy | undefined;

  constructor(shape: Shape) {
    this.shape = shape;
  }

  /** The copy in a layout, as long as `changes` with a second buffer to write the next value into. */
  copy(layout: StateLayout | undefined, changes: boolean): TensorCopy {
    const key = layout?.key ?? '';
    const copy = this.#copies.get(key) ?? new TensorCopy(this, layout);
    this.#copies.set(key, copy);
    this.#newest ??= copy;
    if (changes) copy.makeRoom();
    return copy;
  }

  /** The values of the newest copy, in the program's order. */
  values(): Float32Array {
    return this.#newest!.values();
  }

  isNewest(copy: TensorCopy): boolean {
    return this.#newest === copy;
  }

  /** From now on the others are out of date. */
  changed(copy: TensorCopy): void {
    this.#newest = copy;
    for (const other of this.#copies.values()) other.isCurrent = other === copy;
  }
}

/** A state tensor in one layout: a run reads `current` and writes `next`. */
class TensorCopy {
  readonly #tensor: KeptTensor;
  readonly #layout: StateLayout | undefined;
  #buffer: ort.Tensor;
  #other: ort.Tensor | undefined;
  isCurrent: boolean;

  constructor(tensor: KeptTensor, layout: StateLayout | undefined) {
    this.#tensor = tensor;
    this.#layout = layout;
    this.#buffer = empty(layout?.shape ?? tensor.shape);
    this.isCurrent = false;
  }

  makeRoom(): void {
    this.#other ??= empty(this.#layout?.shape ?? this.#tensor.shape);
  }

  get current(): ort.Tensor {
    if (!this.isCurrent && !this.#tensor.isNewest(this)) this.#store(this.#tensor.values());
    this.isCurrent = true;
    return this.#buffer;
  }

  get next(): ort.Tensor {
    return this.#other!;
  }

  /** The run that wrote `next` has ended. */
  advance(): void {
    [this.#buffer, this.#other] = [this.next, this.#buffer];
    this.#tensor.changed(this);
  }

  write(values: Float32Array): void {
    this.#store(values);
    this.#tensor.changed(this);
  }

  /** Those of its own buffer, in the program's order; a copy. */
  values(): Float32Array {
    const stored = this.#buffer.data as Float32Array;
    if (!this.#layout) return stored.slice();
    const values = new Float32Array(elementCount(this.#tensor.shape));
    this.#layout.load(stored, values);
    return values;
  }

  read(): Float32Array {
    return this.#tensor.values();
  }

  #store(values: Float32Array): void {
    const stored = this.#buffer.data as Float32Array;
    if (this.#layout) this.#layout.store(values, stored);
    else stored.set(values);
  }
}

export type { TensorCopy };
