// What an engine offers: programs or model files in, numbers out. Implemented by engine/onnxruntime and by
// engine/tensorflow; used by ml without knowing which.

import type { EngineName } from '#domain/engines/engine-report.ts';
import type { Program } from './ir/program.ts';

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

/** Float32 values and their shape. */
export interface ShapedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A forward-only graph from a file: an ONNX model that was trained elsewhere. */
export interface ModelFile {
  /** For messages; nothing is read from it. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Names of all inputs that will be given, and of the outputs that are wanted; all are float32. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** One call at a time. */
export interface LoadedModel {
  /**
   * Runs the graph once; the arrays returned are the caller's. Throws `bad-input` where the graph does
   * not take inputs of these shapes, and otherwise like `Session.run`.
   */
  run(inputs: Readonly<Record<string, ShapedTensor>>): Promise<Record<string, ShapedTensor>>;
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
  /**
   * Throws `bad-input` with path and reason: no ONNX file, weights in other files, operators or an operator
   * set that onnxruntime does not have, other names than those asked for; `engine-unavailable` where the
   * engine cannot load files; `out-of-memory` and `device-lost`. What a graphics card has no operator for
   * is computed on the processor.
   */
  load(file: ModelFile): Promise<LoadedModel>;
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
