// What an engine offers: programs in, numbers out. Implemented by engine/onnxruntime and by
// engine/tensorflow; used by ml without knowing which.

import type { Program } from './ir/program.ts';

export const engineNames = ['cpu', 'webgpu', 'directml', 'coreml', 'cuda', 'tensorflow'] as const;
export type EngineName = (typeof engineNames)[number];

/** Named float32 tensors; shapes are those the program declares. */
export type Tensors = Readonly<Record<string, Float32Array>>;

/**
 * A compiled program with its state (weights, optimiser slots, running statistics). One call at a
 * time. Arrays returned by `run` are valid until the next `run`.
 */
export interface Session {
  /** Replaces the whole state. Throws when a tensor is missing or has the wrong length. */
  writeState(state: Tensors): Promise<void>;
  /**
   * Runs the program once and, if it is a training program, advances the state. Throws
   * `out-of-memory`, which leaves the state alone, and `device-lost`, after which nothing more works.
   */
  run(inputs: Tensors): Promise<Tensors>;
  /** A copy of the whole state. */
  readState(): Promise<Tensors>;
  release(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  /** For people: "CPU, 2 threads", "NVIDIA H200 through Vulkan". */
  readonly device: string;
  /**
   * How it lays out the tensors it trains on, for people; says so when it must do without its fast
   * layout. Absent where there is no choice.
   */
  layout?(): Promise<string>;
  compile(program: Program, options?: CompileOptions): Promise<Session>;
}

export interface CompileOptions {
  /**
   * A session of the same engine, with whose state this one's becomes one: a tensor that both programs
   * name is the same tensor, of one shape. What only the new program names is zero until it is written.
   * Sessions that share state run one at a time; the state is there until the last is released. A
   * scoring program compiled without this keeps its state in its model and cannot be shared with.
   */
  readonly shareStateWith?: Session;
}
