// A scoring program in onnxruntime.

import * as ort from 'onnxruntime-node';
import type { Session, Tensors } from '../engine.ts';
import type { Program } from '../ir/program.ts';
import { lowerPlain } from '../lower/plain/lower.ts';
import { sessionOptions } from './session-options.ts';
import { checkedState, copied, fed } from './tensors.ts';

/** State is written into the model, so that onnxruntime folds and re-arranges the weights. */
export class ScoringSession implements Session {
  readonly #program: Program;
  readonly #threads: number;
  #state: Tensors = {};
  #session: ort.InferenceSession | null = null;

  constructor(program: Program, threads: number) {
    this.#program = program;
    this.#threads = threads;
  }

  async writeState(state: Tensors): Promise<void> {
    const own = copied(checkedState(this.#program, state));
    const { model } = lowerPlain(this.#program, own);
    const session = await ort.InferenceSession.create(model, sessionOptions(this.#threads, 'all'));
    await this.release();
    this.#session = session;
    this.#state = own;
  }

  async run(inputs: Tensors): Promise<Tensors> {
    if (this.#session === null) throw new Error('The session has no state yet');
    const results = await this.#session.run(fed(this.#program, inputs));
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
}
