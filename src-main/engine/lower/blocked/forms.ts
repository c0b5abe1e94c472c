// The forms in which a tensor of a program is at hand inside a blocked model, and the passes between
// them, each made once and only when asked for.

import type { Shape, Value } from '../../ir/program.ts';
import type { OnnxGraph } from '../../onnx/graph.ts';
import { blockedDomain } from '../../onnx/graph.ts';
import { rounded } from './layouts.ts';

/** A blocked tensor that still has to be multiplied by a factor per channel; null: by none. */
export interface Scaled {
  readonly name: string;
  readonly factor: string | null;
}

export interface DepthwiseOptions {
  /** [C], C whole blocks; 1 when left out. */
  readonly factor?: string;
  readonly shift?: string;
  /** A tensor like the result that is added to it. */
  readonly sum?: string;
  readonly relu?: boolean;
  /** Before and after: columns of zeros. */
  readonly columns?: readonly [number, number];
}

export class Forms {
  readonly graph: OnnxGraph;
  readonly block: number;
  readonly #plain = new Map<number, string>();
  readonly #blocked = new Map<number, string>();
  readonly #scaled = new Map<number, Scaled>();
  readonly #derived = new Map<string, string>();

  constructor(graph: OnnxGraph, block: number) {
    this.graph = graph;
    this.block = block;
  }

  rounded(count: number): number {
    return rounded(count, this.block);
  }

  /** The value in the program's order; a new name when it has no form yet, so for one to be computed. */
  readonly plain = (value: Value): string => {
    const known = this.#plain.get(value.id);
    if (known !== undefined) return known;
    const hasOther = this.hasBlocked(value);
    const name = hasOther ? this.#unblock(value) : `%v${value.id}`;
    this.#plain.set(value.id, name);
    return name;
  };

  setPlain(value: Value, name: string): void {
    this.#plain.set(value.id, name);
  }

  hasBlocked(value: Value): boolean {
    return this.#blocked.has(value.id) || this.#scaled.has(value.id);
  }

  /** [N, C, H, W] in blocks of channels. */
  blocked(value: Value): string {
    const known = this.#blocked.get(value.id);
    if (known !== undefined) return known;
    const scaled = this.#scaled.get(value.id);
    const channels = this.rounded(value.shape[1]!);
    const name = scaled
      ? this.depthwise(scaled.name, channels, { factor: scaled.factor! })
      : this.#block(this.plain(value), value.shape);
    this.#blocked.set(value.id, name);
    return name;
  }

  setBlocked(value: Value, name: string): void {
    this.#blocked.set(value.id, name);
  }

  scaled(value: Value): Scaled {
    const scaled = this.#scaled.get(value.id);
    return scaled ?? { name: this.blocked(value), factor: null };
  }

  setScaled(value: Value, scaled: Scaled): void {
    this.#scaled.set(value.id, scaled);
  }

  /** What `make` computes from the tensor `name`, computed once. */
  once(what: string, name: string, make: () => string): string {
    const key = `${what} ${name}`;
    const known = this.#derived.get(key) ?? make();
    this.#derived.set(key, known);
    return known;
  }

  reshape(name: string, shape: Shape): string {
    return this.graph.node('Reshape', [name, this.graph.integers(shape)]);
  }

  transpose(name: string, shape: Shape, perm: readonly number[]): string {
    return this.graph.node('Transpose', [this.reshape(name, shape)], { perm });
  }

  /** factor · x + shift + sum, per channel, then ReLU: one pass. x [N, channels, H, W] blocked. */
  depthwise(x: string, channels: number, options: DepthwiseOptions): string {
    const { factor, shift, sum, relu, columns = [0, 0] } = options;
    const ones = (): string =>
      this.graph.floats(new Float32Array(channels).fill(1), [channels, 1, 1, 1]);
    const weight = factor === undefined ? ones() : this.reshape(factor, [channels, 1, 1, 1]);
    const inputs = [x, weight, shift ?? '', sum ?? ''];
    while (inputs.at(-1) === '') inputs.pop();
    return this.graph.node(`${blockedDomain}::Conv`, inputs, {
      group: channels,
      kernel_shape: [1, 1],
      pads: [0, columns[0], 0, columns[1]],
      ...(relu ? { activation: 'Relu' } : {}),
    });
  }

  /** Mean over images and positions of blocked [N, channels, H, W]: [channels]. */
  channelMean(name: string, images: number, channels: number): string {
    return this.once('mean', name, () => {
      const pooled = this.graph.node(`${blockedDomain}::GlobalAveragePool`, [name]);
      const rows = this.reshape(pooled, [images, channels]);
      return this.graph.node('ReduceMean', [rows], { axes: [0], keepdims: 0 });
    });
  }

  #block(name: string, shape: Shape): string {
    const [, channels] = shape as [number, number];
    const missing = this.rounded(channels) - channels;
    // The operator fills the last block itself, but takes channels by fours.
    const whole =
      channels % 4 === 0
        ? name
        : this.graph.node('Pad', [name, this.graph.integers([0, 0, 0, 0, 0, missing, 0, 0])]);
    return this.graph.node(`${blockedDomain}::ReorderInput`, [whole]);
  }

  #unblock(value: Value): string {
    return this.graph.node(`${blockedDomain}::ReorderOutput`, [this.blocked(value)], {
      channels: value.shape[1]!,
    });
  }
}
