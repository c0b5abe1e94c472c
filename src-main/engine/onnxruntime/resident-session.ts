// A training program on a graphics card: its state stays in the card's memory between steps.

import * as ort from 'onnxruntime-node';
import type { Session, Tensors } from '../engine.ts';
import type { Program } from '../ir/program.ts';
import type { LoweredProgram } from '../lower/lowered-program.ts';
import { nextName } from '../lower/lowered-program.ts';
import { OnnxGraph } from '../onnx/graph.ts';
import { gpuFailure } from './gpu-failure.ts';
import { providerOptions } from './session-options.ts';
import { checkedState, fed } from './tensors.ts';

/**
 * What a step leaves on the card is fed to the next one and let go after that. Reading such a tensor
 * directly ends the process: `readState` sends it through a model that does nothing else.
 */
export class ResidentSession implements Session {
  readonly #program: Program;
  readonly #device: string;
  readonly #session: ort.InferenceSession;
  #reader: ort.InferenceSession | undefined;
  #state: Record<string, ort.Tensor> = {};

  static async create(
    program: Program,
    { model }: LoweredProgram,
    device: string,
  ): Promise<ResidentSession> {
    const stays = program.state.filter(({ next }) => next).map(({ name }) => nextName(name));
    try {
      const session = await ort.InferenceSession.create(model, {
        ...providerOptions('webgpu', 'disabled'),
        preferredOutputLocation: Object.fromEntries([
          ...program.outputs.map(({ name }) => [name, 'cpu'] as const),
          ...stays.map((name) => [name, 'gpu-buffer'] as const),
        ]),
      });
      return new ResidentSession(program, device, session);
    } catch (error) {
      throw gpuFailure(error, device);
    }
  }

  private constructor(program: Program, device: string, session: ort.InferenceSession) {
    this.#program = program;
    this.#device = device;
    this.#session = session;
  }

  writeState(state: Tensors): Promise<void> {
    const values = checkedState(this.#program, state);
    this.#letGo(Object.values(this.#state));
    // The first step takes them to the card.
    this.#state = Object.fromEntries(
      this.#program.state.map(({ name, value }) => [
        name,
        new ort.Tensor('float32', values[name]!.slice(), value.shape),
      ]),
    );
    return Promise.resolve();
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const results = await this.#ask(this.#session, fed(this.#program, inputs));
    const outdated: ort.Tensor[] = [];
    for (const { name, next } of this.#program.state) {
      if (!next) continue;
      outdated.push(this.#state[name]!);
      this.#state[name] = results[nextName(name)]!;
    }
    this.#letGo(outdated);
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
    this.#letGo(Object.values(this.#state));
    this.#state = {};
    await this.#reader?.release();
    await this.#session.release();
  }

  async #ask(
    session: ort.InferenceSession,
    inputs: Record<string, ort.Tensor>,
  ): Promise<ort.InferenceSession.ReturnType> {
    try {
      return await session.run({ ...inputs, ...this.#state });
    } catch (error) {
      throw gpuFailure(error, this.#device);
    }
  }

  #letGo(tensors: readonly ort.Tensor[]): void {
    for (const tensor of tensors) if (tensor.location === 'gpu-buffer') tensor.dispose();
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
