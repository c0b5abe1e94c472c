// The forms in which a tensor of a program is at hand inside a blocked model, and the passes between
// them, each made once and only when asked for.

import type { Shape, Value } from '../../ir/program.ts';
import type { OnnxGraph } from '../../onnx/graph.ts';
import { blockedDomain } from '../../onnx/graph.ts';
import { rounded } from './layouts.ts';

/**
 * What comes first in memory: images [N, C/B, H, W, B], as onnxruntime has it, or pixels
 * [H, W, C/B, N, B]. A tensor of the second order is, to a model, H·W images [C, 1, N].
 */
export type Order = 'image' | 'pixel';

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
  readonly #blocked: Record<Order, Map<number, string>> = { image: new Map(), pixel: new Map() };
  readonly #scaled = new Map<number, Scaled & { readonly order: Order }>();
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
    const name = this.hasBlocked(value) ? this.#unblock(value) : `%v${value.id}`;
    this.#plain.set(value.id, name);
    return name;
  };

  hasPlain({ id }: Value): boolean {
    return this.#plain.has(id);
  }

  setPlain(value: Value, name: string): void {
    this.#plain.set(value.id, name);
  }

  hasBlocked({ id }: Value): boolean {
    return this.#blocked.image.has(id) || this.#blocked.pixel.has(id) || this.#scaled.has(id);
  }

  /** The order in which it is at hand. */
  order({ id }: Value): Order {
    if (this.#blocked.image.has(id)) return 'image';
    if (this.#blocked.pixel.has(id)) return 'pixel';
    return this.#scaled.get(id)?.order ?? 'image';
  }

  /** [N, C, H, W] in blocks of channels. */
  blocked(value: Value, order: Order = 'image'): string {
    const known = this.#blocked[order].get(value.id);
    if (known !== undefined) return known;
    const from = this.order(value);
    if (from !== order) return this.#reordered(this.blocked(value, from), value, order);
    const scaled = this.#scaled.get(value.id);
    const channels = this.rounded(value.shape[1]!);
    const name = scaled
      ? this.depthwise(scaled.name, channels, { factor: scaled.factor! })
      : this.#block(this.plain(value), value.shape);
    this.setBlocked(value, name, order);
    return name;
  }

  setBlocked(value: Value, name: string, order: Order = 'image'): void {
    this.#blocked[order].set(value.id, name);
  }

  scaled(value: Value, order: Order = 'image'): Scaled {
    const scaled = this.#scaled.get(value.id);
    if (!scaled) return { name: this.blocked(value, order), factor: null };
    if (scaled.order === order) return scaled;
    return { name: this.#reordered(scaled.name, value, order), factor: scaled.factor };
  }

  setScaled(value: Value, scaled: Scaled, order: Order): void {
    this.#scaled.set(value.id, { ...scaled, order });
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

  /** Mean over images and pixels of a tensor like blocked `value`: [C]. */
  channelMean(name: string, value: Value, order: Order): string {
    return this.once('mean', name, () => {
      const { count, height, width } = this.#planes(value, order);
      const planes = this.reshape(name, [1, count, height, width]);
      const means = this.graph.node(`${blockedDomain}::GlobalAveragePool`, [planes]);
      return this.#meanOverPlanes(means, value, order);
    });
  }

  /**
   * Mean over images and pixels of the product of two tensors like blocked `value`: [C]. One is the
   * kernel that convolves the other, plane by plane, so that the product is never written.
   */
  channelMeanOfProduct(one: string, other: string, value: Value, order: Order): string {
    const { count, height, width } = this.#planes(value, order);
    const sums = this.graph.node(
      `${blockedDomain}::Conv`,
      [
        this.reshape(one, [1, count, height, width]),
        this.reshape(other, [count, 1, height, width]),
      ],
      { group: count, kernel_shape: [height, width] },
    );
    const mean = this.#meanOverPlanes(sums, value, order);
    return this.graph.node('Mul', [mean, this.graph.scalar(1 / (height * width))]);
  }

  /**
   * What follows one another in memory for one channel: an image, or a pixel of all images. Sums are
   * made for each by itself first, so that no float32 sum has too many terms.
   */
  #planes({ shape }: Value, order: Order): { count: number; height: number; width: number } {
    const [images, c, height, width] = shape as [number, number, number, number];
    const channels = this.rounded(c);
    return order === 'image'
      ? { count: images * channels, height, width }
      : { count: height * width * channels, height: images, width: 1 };
  }

  /** One value for each plane → [C]. */
  #meanOverPlanes(name: string, { shape }: Value, order: Order): string {
    const [images, c, height, width] = shape as [number, number, number, number];
    const rows = order === 'image' ? images : height * width;
    const planes = this.reshape(name, [rows, this.rounded(c)]);
    return this.graph.node('ReduceMean', [planes], { axes: [0], keepdims: 0 });
  }

  /** A tensor like blocked `value`, brought from the other order. */
  #reordered(name: string, { shape }: Value, order: Order): string {
    const [images, c, height, width] = shape as [number, number, number, number];
    const channels = this.rounded(c);
    const [groups, pixels, inner] = [channels / this.block, height * width, images * this.block];
    // Images change places with the rest, then pixels with groups of channels: [C/B, H, W, N, B]
    // lies between.
    return this.once(order, name, () => {
      if (order === 'pixel') {
        const whole = this.reshape(name, [1, inner, groups * pixels, 1]);
        const attributes = { channels: inner, channels_last: 1 };
        const between = this.graph.node(`${blockedDomain}::ReorderOutput`, [whole], attributes);
        const result = this.transpose(between, [groups, pixels, inner], [1, 0, 2]);
        return this.reshape(result, [pixels, channels, 1, images]);
      }
      const between = this.transpose(name, [pixels, groups, inner], [1, 0, 2]);
      const whole = this.reshape(between, [1, groups * pixels, 1, inner]);
      const attributes = { channels_last: 1 };
      const planes = this.graph.node(`${blockedDomain}::ReorderInput`, [whole], attributes);
      return this.reshape(planes, [images, channels, height, width]);
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
