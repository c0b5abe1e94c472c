// Interprets programs over TensorFlow.js: forward operations one by one, gradients by
// TensorFlow.js's tape, then the optimiser's formula. The oracle of the tests, and the tensorflow engine.

import { Failure } from '#domain/failure.ts';
import type { Engine, Session, Tensors } from '../engine.ts';
import type { Program, TrainingGroup, Value } from '../ir/program.ts';
import type { Tensor, TensorFlow } from './operations.ts';
import { evaluate } from './operations.ts';
import { StateStore } from './state-store.ts';
import { updated } from './updates.ts';

/** `tf` is TensorFlow.js with a backend set. */
export function tensorflowEngine(tf: TensorFlow): Engine {
  return {
    name: 'tensorflow',
    device: `TensorFlow.js ${tf.version.tfjs}, ${tf.getBackend()}`,
    compile: async (program, { shareStateWith } = {}) => {
      const store = storeOf(tf, shareStateWith);
      return Promise.resolve(new InterpretedSession(tf, program, store));
    },
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

/** Throws for a session of another engine. */
function storeOf(tf: TensorFlow, session: Session | undefined): StateStore {
  if (session === undefined) return new StateStore(tf);
  if (session instanceof InterpretedSession) return session.store;
  throw new Error('The session whose state is to be shared belongs to another engine');
}

class InterpretedSession implements Session {
  readonly #tf: TensorFlow;
  readonly #program: Program;
  readonly store: StateStore;
  /** Values of the forward part that outlive it: outputs and running statistics. */
  readonly #wanted: ReadonlySet<number>;
  /** Those of the step under way. */
  #kept: readonly Tensor[] = [];

  constructor(tf: TensorFlow, program: Program, store: StateStore) {
    this.#tf = tf;
    this.#program = program;
    this.store = store;
    store.join(program);
    const next = program.state.map((entry) => entry.next);
    const values = [...next, ...program.outputs.map(({ value }) => value)];
    this.#wanted = new Set(values.flatMap((value) => (value ? [value.id] : [])));
  }

  writeState(state: Tensors): Promise<void> {
    for (const { name, value } of this.#program.state) {
      this.store.replace(name, this.#tf.tensor(state[name]!, [...value.shape]));
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
        values.set(value.id, this.store.get(name));
      }
      const next = this.#program.training ? this.#train(values) : this.#forward(values);
      for (const { name, next: value } of this.#program.state) {
        const tensor = value && (next.get(name) ?? values.get(value.id));
        if (tensor) this.store.replace(name, tf.keep(tensor.clone()));
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
    for (const { name } of this.#program.state) {
      state[name] = ((await this.store.get(name).data()) as Float32Array).slice();
    }
    return state;
  }

  release(): Promise<void> {
    this.store.leave();
    return Promise.resolve();
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
    const { groups, accumulation } = this.#program.training!;
    const at = (value: Value): Tensor => values.get(value.id)!;
    const given = new Set(values.keys());
    const own = groups.map((group) => this.#gradients(group, values));
    const next = new Map<string, Tensor>();
    const summed = groups.map(({ parameters }, place) =>
      own[place]!.map((gradient, index) => {
        if (accumulation === null) return gradient;
        const name = `${parameters[index]!.name}/sum`;
        const before = this.store.get(name).mul(at(accumulation.keep));
        const sum = before.add(gradient.mul(at(accumulation.share)));
        next.set(name, sum);
        return sum;
      }),
    );
    groups.forEach((group, place) => {
      const isLast = accumulation && at(accumulation.isLast);
      const slot = (name: string): Tensor => this.store.get(name);
      const updates = updated(tf, group, summed[place]!, { at, slot, isLast });
      for (const [name, tensor] of updates) next.set(name, tensor);
    });
    this.#kept = [...values].flatMap(([id, tensor]) => (given.has(id) ? [] : [tensor]));
    const squares = summed.flat().map((gradient) => tf.sum(tf.square(gradient)));
    next.set('gradientSquares', tf.stack(squares));
    return next;
  }

  /** Those of a group's loss; what outlives the forward part comes into `values`. */
  #gradients({ loss, parameters }: TrainingGroup, values: Map<number, Tensor>): Tensor[] {
    const tf = this.#tf;
    const given = new Map(values);
    const lossOf = (...weights: Tensor[]): Tensor => {
      const inside = new Map(given);
      parameters.forEach(({ value }, index) => inside.set(value.id, weights[index]!));
      this.#forward(inside);
      for (const id of this.#wanted) {
        const tensor = inside.get(id);
        // The tape gives back what it does not need itself.
        if (tensor && !values.has(id)) values.set(id, tf.keep(tensor.clone()));
      }
      return inside.get(loss.id)!;
    };
    return tf.grads(lossOf)(parameters.map(({ value }) => given.get(value.id)!));
  }
}
