// A program in onnxruntime whose state is fed to it: a training, or a program that shares the state of
// one. The state stays in two sets of buffers and is laid out as the lowering wants it.

import * as ort from 'onnxruntime-node';
import type { Session, Tensors } from '../engine.ts';
import type { Program } from '../ir/program.ts';
import type { LoweredProgram } from '../lower/lowered-program.ts';
import { nextName } from '../lower/lowered-program.ts';
import type { TensorCopy } from './state-store.ts';
import { notShared, StateStore } from './state-store.ts';
import { checkedState, empty, fed } from './tensors.ts';

/**
 * State is fed in and comes out: each tensor has two buffers, and a run reads one and writes the
 * other. The two change places only when the run has ended, so a run that throws changes nothing.
 */
export class TrainingSession implements Session {
  readonly store: StateStore;
  readonly #program: Program;
  readonly #session: ort.InferenceSession;
  readonly #state: ReadonlyMap<string, TensorCopy>;
  /** Of those that a run changes. */
  readonly #changing: readonly (readonly [name: string, tensor: TensorCopy])[];
  readonly #outputs: Record<string, ort.Tensor> = {};

  /** The state is that of `store`, which other sessions may share. */
  static async create(
    program: Program,
    { model, layouts }: LoweredProgram,
    options: ort.InferenceSession.SessionOptions,
    store = new StateStore(),
  ): Promise<TrainingSession> {
    const state = store.join(program, layouts);
    const session = await ort.InferenceSession.create(model, options);
    return new TrainingSession(program, session, store, state);
  }

  private constructor(
    program: Program,
    session: ort.InferenceSession,
    store: StateStore,
    state: ReadonlyMap<string, TensorCopy>,
  ) {
    this.#program = program;
    this.#session = session;
    this.store = store;
    this.#state = state;
    this.#changing = program.state
      .filter(({ next }) => next)
      .map(({ name }) => [name, state.get(name)!]);
    for (const { name, value } of program.outputs) this.#outputs[name] = empty(value.shape);
  }

  async writeState(state: Tensors): Promise<void> {
    // All are checked before the first is written, so that a refused state changes nothing.
    const values = checkedState(this.#program, state);
    for (const [name, tensor] of this.#state) tensor.write(values[name]!);
    return Promise.resolve();
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const feeds = fed(this.#program, inputs);
    for (const [name, tensor] of this.#state) feeds[name] = tensor.current;
    const fetches: Record<string, ort.Tensor> = { ...this.#outputs };
    for (const [name, tensor] of this.#changing) fetches[nextName(name)] = tensor.next;
    const fetched = await this.#session.run(feeds, fetches);
    for (const [name, tensor] of Object.entries(fetched)) {
      if (tensor !== fetches[name]) letGo(tensor);
    }
    for (const [, tensor] of this.#changing) tensor.advance();
    return Object.fromEntries(
      Object.entries(this.#outputs).map(([name, { data }]) => [name, data as Float32Array]),
    );
  }

  readState(): Promise<Tensors> {
    return Promise.resolve(
      Object.fromEntries([...this.#state].map(([name, tensor]) => [name, tensor.read()])),
    );
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** The state of a session, to be shared; throws where it keeps none in this way. */
export function sharedStore(session: Session): StateStore {
  if (session instanceof TrainingSession) return session.store;
  throw notShared(session);
}

/**
 * onnxruntime writes into the tensors it is given and returns copies of them, which may be as large as the
 * network: their memory is given back at once, not when it is next collected.
 */
function letGo({ data }: ort.Tensor): void {
  if (data instanceof Float32Array) (data.buffer as ArrayBuffer).transfer(0);
}
