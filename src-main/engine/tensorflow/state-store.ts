// State tensors in TensorFlow.js by name, of one session or of several that share them.

import type { Program } from '../ir/program.ts';
import { equalShapes } from '../ir/shapes.ts';
import type { Tensor, TensorFlow } from './operations.ts';

export class StateStore {
  readonly #tf: TensorFlow;
  readonly #tensors = new Map<string, Tensor>();
  #sessions = 0;

  constructor(tf: TensorFlow) {
    this.#tf = tf;
  }

  /** What is not there yet is zero. Throws when a tensor is there in another shape. */
  join({ state }: Program): void {
    for (const { name, value } of state) {
      const { shape } = this.#tensors.get(name) ?? value;
      if (!equalShapes(shape, value.shape)) {
        throw new Error(
          `State ${name} is [${shape.join(', ')}] where it is shared, here [${value.shape.join(', ')}]`,
        );
      }
    }
    for (const { name, value } of state) {
      if (!this.#tensors.has(name)) this.#tensors.set(name, this.#tf.zeros([...value.shape]));
    }
    this.#sessions++;
  }

  get(name: string): Tensor {
    return this.#tensors.get(name)!;
  }

  replace(name: string, tensor: Tensor): void {
    this.#tensors.get(name)?.dispose();
    this.#tensors.set(name, tensor);
  }

  /** The last session takes the tensors with it. */
  leave(): void {
    this.#sessions--;
    if (this.#sessions > 0) return;
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}
