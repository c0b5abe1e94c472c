// Runs programs with onnxruntime-node on the CPU.

import * as ort from 'onnxruntime-node';
import type { Engine, Session, Tensors } from '../engine.ts';
import type { Program, Shape } from '../ir/program.ts';
import { elementCount } from '../ir/program.ts';
import { lowerPlain, nextName } from '../lower/plain/lower.ts';

/** threads ≥ 1. */
export function cpuEngine(threads: number): Engine {
  return {
    name: 'cpu',
    device: `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    compile: (program) =>
      program.training
        ? TrainingSession.create(program, threads)
        : Promise.resolve(new ScoringSession(program, threads)),
  };
}

/**
 * Spinning threads would take the cores from augmentation and from the user's other programs. A
 * memory pattern costs a third more memory and was measured to save no time.
 */
function options(
  threads: number,
  optimisation: 'disabled' | 'all',
): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    graphOptimizationLevel: optimisation,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  };
}

function checked(name: string, shape: Shape, values: Float32Array | undefined): Float32Array {
  if (values === undefined) throw new Error(`Tensor ${name} is missing`);
  if (values.length !== elementCount(shape)) {
    throw new Error(`Tensor ${name} has ${values.length} values, not ${elementCount(shape)}`);
  }
  return values;
}

function checkedState(program: Program, state: Tensors): Tensors {
  return Object.fromEntries(
    program.state.map(({ name, value }) => [name, checked(name, value.shape, state[name])]),
  );
}

function copied(tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, values]) => [name, values.slice()]),
  );
}

function fed(program: Program, inputs: Tensors): Record<string, ort.Tensor> {
  return Object.fromEntries(
    program.inputs.map(({ name, value }) => [
      name,
      new ort.Tensor('float32', checked(name, value.shape, inputs[name]), value.shape),
    ]),
  );
}

/**
 * State is fed in and comes out: each tensor has two buffers, and a run reads one and writes the
 * other. The two change places only when the run has ended, so a run that throws changes nothing.
 */
class TrainingSession implements Session {
  readonly #program: Program;
  readonly #session: ort.InferenceSession;
  readonly #current: Record<string, ort.Tensor> = {};
  readonly #next: Record<string, ort.Tensor> = {};
  readonly #outputs: Record<string, ort.Tensor> = {};

  static async create(program: Program, threads: number): Promise<TrainingSession> {
    const { model } = lowerPlain(program);
    const session = await ort.InferenceSession.create(model, options(threads, 'disabled'));
    return new TrainingSession(program, session);
  }

  private constructor(program: Program, session: ort.InferenceSession) {
    this.#program = program;
    this.#session = session;
    for (const { name, value, next } of program.state) {
      this.#current[name] = empty(value.shape);
      if (next) this.#next[name] = empty(value.shape);
    }
    for (const { name, value } of program.outputs) this.#outputs[name] = empty(value.shape);
  }

  async writeState(state: Tensors): Promise<void> {
    // All are checked before the first is written, so that a refused state changes nothing.
    const values = checkedState(this.#program, state);
    for (const [name, tensor] of Object.entries(this.#current)) {
      (tensor.data as Float32Array).set(values[name]!);
    }
    return Promise.resolve();
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const fetches: Record<string, ort.Tensor> = { ...this.#outputs };
    for (const [name, tensor] of Object.entries(this.#next)) fetches[nextName(name)] = tensor;
    await this.#session.run({ ...fed(this.#program, inputs), ...this.#current }, fetches);
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
        Object.entries(this.#current).map(([name, { data }]) => [
          name,
          (data as Float32Array).slice(),
        ]),
      ),
    );
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function empty(shape: Shape): ort.Tensor {
  return new ort.Tensor('float32', new Float32Array(elementCount(shape)), [...shape]);
}

/** State is written into the model, so that onnxruntime folds and re-arranges the weights. */
class ScoringSession implements Session {
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
    const session = await ort.InferenceSession.create(model, options(this.#threads, 'all'));
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
