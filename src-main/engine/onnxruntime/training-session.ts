// A training program in onnxruntime: its state stays in two sets of buffers and is laid out as the
// lowering wants it.

import * as ort from 'onnxruntime-node';
import type { Session, Tensors } from '../engine.ts';
import type { Program } from '../ir/program.ts';
import { elementCount } from '../ir/program.ts';
import type { LoweredProgram } from '../lower/lowered-program.ts';
import { nextName } from '../lower/lowered-program.ts';
import { checkedState, empty, fed } from './tensors.ts';

/**
 * State is fed in and comes out: each tensor has two buffers, and a run reads one and writes the
 * other. The two change places only when the run has ended, so a run that throws changes nothing.
 */
export class TrainingSession implements Session {
  readonly #program: Program;
  readonly #layouts: LoweredProgram['layouts'];
  readonly #session: ort.InferenceSession;
  readonly #current: Record<string, ort.Tensor> = {};
  readonly #next: Record<string, ort.Tensor> = {};
  readonly #outputs: Record<string, ort.Tensor> = {};

  static async create(
    program: Program,
    { model, layouts }: LoweredProgram,
    options: ort.InferenceSession.SessionOptions,
  ): Promise<TrainingSession> {
    const session = await ort.InferenceSession.create(model, options);
    return new TrainingSession(program, layouts, session);
  }

  private constructor(
    program: Program,
    layouts: LoweredProgram['layouts'],
    session: ort.InferenceSession,
  ) {
    this.#program = program;
    this.#layouts = layouts;
    this.#session = session;
    for (const { name, value, next } of program.state) {
      const shape = layouts.get(name)?.shape ?? value.shape;
      this.#current[name] = empty(shape);
      if (next) this.#next[name] = empty(shape);
    }
    for (const { name, value } of program.outputs) this.#outputs[name] = empty(value.shape);
  }

  async writeState(state: Tensors): Promise<void> {
    // All are checked before the first is written, so that a refused state changes nothing.
    const values = checkedState(this.#program, state);
    for (const [name, tensor] of Object.entries(this.#current)) {
      const stored = tensor.data as Float32Array;
      const layout = this.#layouts.get(name);
      if (layout) layout.store(values[name]!, stored);
      else stored.set(values[name]!);
    }
    return Promise.resolve();
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const fetches: Record<string, ort.Tensor> = { ...this.#outputs };
    for (const [name, tensor] of Object.entries(this.#next)) fetches[nextName(name)] = tensor;
    const fetched = await this.#session.run(
      { ...fed(this.#program, inputs), ...this.#current },
      fetches,
    );
    for (const [name, tensor] of Object.entries(fetched)) {
      if (tensor !== fetches[name]) letGo(tensor);
    }
    for (const name of Object.keys(this.#next)) {
      const before = this.#current[name]!;
      this.#current[name] = this.#next[name]!;
      this.#next[name] = before;
    }
    return Object.fromEntries(
      Object.entries(this.#outputs).map(([name, { data }]) => [name, data as Float32Array]),
    );
  }

  readState(): Promise<Tensors> {
    return Promise.resolve(
      Object.fromEntries(
        this.#program.state.map(({ name, value }) => {
          const stored = this.#current[name]!.data as Float32Array;
          const layout = this.#layouts.get(name);
          if (!layout) return [name, stored.slice()];
          const values = new Float32Array(elementCount(value.shape));
          layout.load(stored, values);
          return [name, values];
        }),
      ),
    );
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/**
 * onnxruntime writes into the tensors it is given and returns copies of them, which may be as large as the
 * network: their memory is given back at once, not when it is next collected.
 */
function letGo({ data }: ort.Tensor): void {
  if (data instanceof Float32Array) (data.buffer as ArrayBuffer).transfer(0);
}
