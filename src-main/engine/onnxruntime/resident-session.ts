// A training program on a graphics card: its state stays in the card's memory between steps.

import * as ort from 'onnxruntime-node';
import type { Session, Tensors } from '../engine.ts';
import type { Program } from '../ir/program.ts';
import type { LoweredProgram } from '../lower/lowered-program.ts';
import { nextName } from '../lower/lowered-program.ts';
import { OnnxGraph } from '../onnx/graph.ts';
import { gpuFailure } from './gpu-failure.ts';
import { providerOptions } from './session-options.ts';
import { assertShape, notShared } from './state-store.ts';
import { checkedState, empty, fed } from './tensors.ts';

/**
 * State tensors by name, on the card or on their way there, of one session or of several that share
 * them. A tensor on the card belongs to the session that wrote it, so all of them are released together,
 * with the last.
 */
class ResidentState {
  readonly #tensors = new Map<string, ort.Tensor>();
  readonly #ended: ort.InferenceSession[] = [];
  #sessions = 0;

  /** What is not there yet is zero. Throws when a tensor is there in another shape. */
  join({ state }: Program): void {
    for (const { name, value } of state) {
      assertShape(name, this.#tensors.get(name)?.dims ?? value.shape, value.shape);
    }
    for (const { name, value } of state) {
      if (!this.#tensors.has(name)) this.#tensors.set(name, empty(value.shape));
    }
    this.#sessions++;
  }

  get(name: string): ort.Tensor {
    return this.#tensors.get(name)!;
  }

  /** Disposes of the tensors that were there. */
  replace(tensors: ReadonlyMap<string, ort.Tensor>): void {
    for (const [name, tensor] of tensors) {
      const before = this.#tensors.get(name);
      this.#tensors.set(name, tensor);
      if (before) letGo(before);
    }
  }

  async leave(...sessions: ort.InferenceSession[]): Promise<void> {
    this.#sessions--;
    this.#ended.push(...sessions);
    if (this.#sessions > 0) return;
    for (const tensor of this.#tensors.values()) letGo(tensor);
    this.#tensors.clear();
    for (const session of this.#ended.splice(0)) await session.release();
  }
}

function letGo(tensor: ort.Tensor): void {
  if (tensor.location === 'gpu-buffer') tensor.dispose();
}

/** The state of a session, to be shared; throws where it keeps none on a card. */
export function residentState(session: Session): ResidentState {
  if (session instanceof ResidentSession) return session.state;
  throw notShared(session);
}

/**
 * What a step leaves on the card is fed to the next one and let go after that. Reading such a tensor
 * directly ends the process: `readState` sends it through a model that does nothing else.
 */
export class ResidentSession implements Session {
  readonly state: ResidentState;
  readonly #program: Program;
  readonly #device: string;
  readonly #session: ort.InferenceSession;
  #reader: ort.InferenceSession | undefined;

  /** The state is `state`, which other sessions may share. */
  static async create(
    program: Program,
    { model }: LoweredProgram,
    device: string,
    state = new ResidentState(),
  ): Promise<ResidentSession> {
    state.join(program);
    const stays = program.state.filter(({ next }) => next).map(({ name }) => nextName(name));
    try {
      const session = await ort.InferenceSession.create(model, {
        ...providerOptions('webgpu', 'disabled'),
        preferredOutputLocation: Object.fromEntries([
          ...program.outputs.map(({ name }) => [name, 'cpu'] as const),
          ...stays.map((name) => [name, 'gpu-buffer'] as const),
        ]),
      });
      return new ResidentSession(program, device, session, state);
    } catch (error) {
      await state.leave();
      throw gpuFailure(error, device);
    }
  }

  private constructor(
    program: Program,
    device: string,
    session: ort.InferenceSession,
    state: ResidentState,
  ) {
    this.#program = program;
    this.#device = device;
    this.#session = session;
    this.state = state;
  }

  writeState(state: Tensors): Promise<void> {
    const values = checkedState(this.#program, state);
    // The first step takes them to the card.
    this.state.replace(
      new Map(
        this.#program.state.map(({ name, value }) => [
          name,
          new ort.Tensor('float32', values[name]!.slice(), value.shape),
        ]),
      ),
    );
    return Promise.resolve();
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const results = await this.#ask(this.#session, fed(this.#program, inputs));
    const changed = this.#program.state.filter(({ next }) => next);
    this.state.replace(new Map(changed.map(({ name }) => [name, results[nextName(name)]!])));
    return Object.fromEntries(
      this.#program.outputs.map(({ name }) => [name, results[name]!.data as Float32Array]),
    );
  }

  async readState(): Promise<Tensors> {
    this.#reader ??= await createReader(this.#program);
    const results = await this.#ask(this.#reader, {});
    return Object.fromEntries(
      this.#program.state.map(({ name }) => {
        return [name, (results[nextName(name)]!.data as Float32Array).slice()];
      }),
    );
  }

  async release(): Promise<void> {
    await this.#reader?.release();
    await this.state.leave(this.#session);
  }

  async #ask(
    session: ort.InferenceSession,
    inputs: Record<string, ort.Tensor>,
  ): Promise<ort.InferenceSession.ReturnType> {
    const state = Object.fromEntries(
      this.#program.state.map(({ name }) => [name, this.state.get(name)]),
    );
    try {
      return await session.run({ ...inputs, ...state });
    } catch (error) {
      throw gpuFailure(error, this.#device);
    }
  }
}

/** Copies every state tensor, wherever it is, to the computer's memory. */
async function createReader(program: Program): Promise<ort.InferenceSession> {
  const graph = new OnnxGraph();
  const ports = program.state.map(({ name, value }) => ({ name, shape: value.shape }));
  const copies = ports.map(({ name, shape }) => ({ name: nextName(name), shape }));
  ports.forEach(({ name }, index) => graph.node('Identity', [name], {}, copies[index]!.name));
  const options = providerOptions('webgpu', 'disabled');
  return await ort.InferenceSession.create(graph.finish(ports, copies), options);
}
