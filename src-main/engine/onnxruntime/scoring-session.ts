// A scoring program in onnxruntime.

import * as ort from 'onnxruntime-node';
import { memoryFailure } from '#domain/out-of-memory.ts';
import type { Session, Tensors } from '../engine.ts';
import type { Program } from '../ir/program.ts';
import type { LoweredProgram } from '../lower/lowered-program.ts';
import { checkedState, copied, fed } from './tensors.ts';

/** The program with a state as its constants. */
type Lower = (state: Tensors) => LoweredProgram;

/** State is written into the model, so that onnxruntime folds and re-arranges the weights. */
export class ScoringSession implements Session {
  readonly #program: Program;
  readonly #lower: Lower;
  readonly #options: ort.InferenceSession.SessionOptions;
  readonly #explain: (error: unknown) => unknown;
  #state: Tensors = {};
  #session: ort.InferenceSession | null = null;

  /** `explain`: what is thrown in place of an error of onnxruntime. */
  constructor(
    program: Program,
    lower: Lower,
    options: ort.InferenceSession.SessionOptions,
    explain: (error: unknown) => unknown = memoryFailure,
  ) {
    this.#program = program;
    this.#lower = lower;
    this.#options = options;
    this.#explain = explain;
  }

  async writeState(state: Tensors): Promise<void> {
    const own = copied(checkedState(this.#program, state));
    const { model } = this.#lower(own);
    const session = await this.#explained(ort.InferenceSession.create(model, this.#options));
    await this.release();
    this.#session = session;
    this.#state = own;
  }

  async run(inputs: Tensors): Promise<Tensors> {
    if (this.#session === null) throw new Error('The session has no state yet');
    const results = await this.#explained(this.#session.run(fed(this.#program, inputs)));
    return Object.fromEntries(
      Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]),
    );
  }

  readState(): Promise<Tensors> {
    return Promise.resolve(copied(this.#state));
  }

  async release(): Promise<void> {
    await this.#session?.release();
    this.#session = null;
  }

  async #explained<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      throw this.#explain(error);
    }
  }
}
