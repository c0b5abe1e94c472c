// Interprets programs over TensorFlow.js: forward operations one by one, gradients by
// TensorFlow.js's tape, then the optimiser's formula. The oracle of the tests, and the tensorflow engine.

import { Failure } from '#domain/failure.ts';
import type { Engine, Session, Tensors } from '../engine.ts';
import type { OptimiserConstants, Program, Value } from '../ir/program.ts';
import type { Tensor, TensorFlow } from './operations.ts';
import { evaluate } from './operations.ts';

/** `tf` is TensorFlow.js with a backend set. */
export function tensorflowEngine(tf: TensorFlow): Engine {
  return {
    name: 'tensorflow',
    device: `TensorFlow.js ${tf.version.tfjs}, ${tf.getBackend()}`,
    compile: (program) => Promise.resolve(new InterpretedSession(tf, program)),
    load: ({ path }) =>
      Promise.reject(
        new Failure(
          'engine-unavailable',
          `The tensorflow engine cannot load ONNX files such as ${path}. Use the cpu engine.`,
          path,
        ),
      ),
  };
}

class InterpretedSession implements Session {
  readonly #tf: TensorFlow;
  readonly #program: Program;
  readonly #state = new Map<string, Tensor>();
  /** Values of the forward part that outlive it: outputs and running statistics. */
  readonly #wanted: ReadonlySet<number>;
  /** Those of the step under way. */
  #kept: readonly Tensor[] = [];

  constructor(tf: TensorFlow, program: Program) {
    this.#tf = tf;
    this.#program = program;
    const next = program.state.map((entry) => entry.next);
    const values = [...next, ...program.outputs.map(({ value }) => value)];
    this.#wanted = new Set(values.flatMap((value) => (value ? [value.id] : [])));
  }

  writeState(state: Tensors): Promise<void> {
    for (const { name, value } of this.#program.state) {
      this.#replace(name, this.#tf.tensor(state[name]!, [...value.shape]));
    }
    return Promise.resolve();
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const tf = this.#tf;
    const results = tf.tidy(() => {
      const values = new Map<number, Tensor>();
      for (const { name, value } of this.#program.inputs) {
        values.set(value.id, tf.tensor(inputs[name]!, [...value.shape]));
      }
      for (const { name, value } of this.#program.state) {
        values.set(value.id, this.#state.get(name)!);
      }
      const next = this.#program.training ? this.#train(values) : this.#forward(values);
      for (const { name, next: value } of this.#program.state) {
        const tensor = value && (next.get(name) ?? values.get(value.id));
        if (tensor) this.#replace(name, tf.keep(tensor.clone()));
      }
      return this.#program.outputs.map(({ name, value }) => {
        return [name, tf.keep((next.get(name) ?? values.get(value.id))!.clone())] as const;
      });
    });
    tf.dispose(this.#kept as Tensor[]);
    this.#kept = [];
    const outputs: Record<string, Float32Array> = {};
    for (const [name, tensor] of results) {
      outputs[name] = (await tensor.data()) as Float32Array;
      tensor.dispose();
    }
    return outputs;
  }

  async readState(): Promise<Tensors> {
    const state: Record<string, Float32Array> = {};
    for (const [name, tensor] of this.#state) {
      state[name] = ((await tensor.data()) as Float32Array).slice();
    }
    return state;
  }

  release(): Promise<void> {
    for (const tensor of this.#state.values()) tensor.dispose();
    this.#state.clear();
    return Promise.resolve();
  }

  #replace(name: string, tensor: Tensor): void {
    this.#state.get(name)?.dispose();
    this.#state.set(name, tensor);
  }

  /** Evaluates the forward part into `values`. */
  #forward(values: Map<number, Tensor>): Map<string, Tensor> {
    const { operations, training } = this.#program;
    for (const operation of training ? operations.slice(0, training.forwardLength) : operations) {
      const inputs = operation.inputs.map((input) => values.get(input!.id)!);
      evaluate(this.#tf, operation, inputs).forEach((tensor, index) => {
        values.set(operation.outputs[index]!.id, tensor);
      });
    }
    return new Map();
  }

  /** One optimiser step; returns by name what autodiff of ours would have computed. */
  #train(values: Map<number, Tensor>): Map<string, Tensor> {
    const tf = this.#tf;
    const { loss, parameters, optimiser, constants, learningRate, parts } = this.#program.training!;
    const lossOf = (...weights: Tensor[]): Tensor => {
      const inside = new Map(values);
      parameters.forEach(({ value }, index) => inside.set(value.id, weights[index]!));
      this.#forward(inside);
      for (const id of this.#wanted) {
        const tensor = inside.get(id);
        // The tape gives back what it does not need itself.
        if (tensor && !values.has(id)) values.set(id, tf.keep(tensor.clone()));
      }
      return inside.get(loss.id)!;
    };
    const at = (value: Value): Tensor => values.get(value.id)!;
    const given = new Set(values.keys());
    const own = tf.grads(lossOf)(parameters.map(({ value }) => at(value)));

    const next = new Map<string, Tensor>();
    const gradients = own.map((gradient, index) => {
      if (parts === null) return gradient;
      const name = `${parameters[index]!.name}/sum`;
      const sum = this.#state
        .get(name)!
        .mul(at(parts.keep))
        .add(gradient.mul(at(parts.share)));
      next.set(name, sum);
      return sum;
    });
    const ifLast = (value: Tensor, otherwise: Tensor): Tensor =>
      parts === null ? value : tf.where(at(parts.isLast).greater(0.5), value, otherwise);
    parameters.forEach(({ name, value }, index) => {
      const velocity = this.#state.get(`${name}/momentum`)!;
      const weight = at(value);
      const adapted = optimiser === 'lars' && value.shape.length > 1;
      const plain = optimiser === 'lars' && value.shape.length === 1;
      const direction = this.#direction(weight, gradients[index]!, adapted, {
        ...constants,
        weightDecay: plain ? 0 : constants.weightDecay,
      });
      const moved = velocity.mul(constants.momentum).add(direction);
      next.set(`${name}/momentum`, ifLast(moved, velocity));
      next.set(name, ifLast(weight.sub(moved.mul(at(learningRate))), weight));
    });
    this.#kept = [...values].flatMap(([id, tensor]) => (given.has(id) ? [] : [tensor]));
    next.set('gradientSquares', tf.stack(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
    return next;
  }

  #direction(
    weight: Tensor,
    gradient: Tensor,
    adapted: boolean,
    constants: OptimiserConstants,
  ): Tensor {
    const tf = this.#tf;
    const decayed = gradient.add(weight.mul(constants.weightDecay));
    if (!adapted) return decayed;
    const [weightNorm, gradientNorm] = [tf.norm(weight), tf.norm(gradient)];
    const below = gradientNorm.add(weightNorm.mul(constants.weightDecay));
    const rate = weightNorm.mul(constants.trust).div(tf.maximum(below, 1e-30));
    const usable = weightNorm.mul(gradientNorm).greater(0);
    return decayed.mul(tf.where(usable, rate, tf.onesLike(rate)));
  }
}
