// Assembles an ONNX model (IR version 8, operator set 17) node by node.

import { Message } from './protobuf.ts';

export type Attribute = number | string | readonly number[] | { readonly float: number };

const operatorSet = 17;
/** onnxruntime's operators on blocked layouts: made for its own use, so probed before they are used. */
export const blockedDomain = 'com.microsoft.nchwc';
const irVersion = 8;
const floatType = 1;
const int32Type = 6;
const int64Type = 7;
const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
}

export class OnnxGraph {
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  readonly #constants = new Map<string, string>();
  readonly #domains = new Set<string>();
  #count = 0;

  /**
   * Adds a node; returns the names of its outputs, made up where `outputs` is a number. Names made up
   * here begin with %, which names of programs do not. An operator of another domain than ONNX's is
   * written DOMAIN::NAME; an optional input that is left out is ''.
   */
  nodes(
    operator: string,
    inputs: readonly string[],
    outputs: number | readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const names =
      typeof outputs === 'number'
        ? Array.from({ length: outputs }, () => `%${this.#count++}`)
        : [...outputs];
    const node = new Message();
    for (const input of inputs) node.text(1, input);
    for (const output of names) node.text(2, output);
    const [type, domain] = operator.split('::').reverse() as [string, string?];
    node.text(4, type);
    for (const [name, value] of Object.entries(attributes)) {
      node.message(5, attributeMessage(name, value));
    }
    if (domain !== undefined) {
      node.text(7, domain);
      this.#domains.add(domain);
    }
    this.#nodes.push(node);
    return names;
  }

  /** A node with one output. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output?: string,
  ): string {
    return this.nodes(operator, inputs, output === undefined ? 1 : [output], attributes)[0]!;
  }

  /** Float constants; equal ones are shared. */
  floats(values: Iterable<number>, shape: readonly number[]): string {
    const array = Float32Array.from(values);
    return this.#constant(floatType, shape, new Uint8Array(array.buffer), array.join());
  }

  scalar(value: number): string {
    return this.floats([value], []);
  }

  /** A one-dimensional int64 constant: axes, shapes, positions. */
  integers(values: readonly number[]): string {
    const array = BigInt64Array.from(values, BigInt);
    return this.#constant(int64Type, [values.length], new Uint8Array(array.buffer), values.join());
  }

  /** A one-dimensional int32 constant, for the long ones: positions to gather. */
  indices(values: readonly number[]): string {
    const array = Int32Array.from(values);
    return this.#constant(int32Type, [values.length], new Uint8Array(array.buffer), values.join());
  }

  /** A named float tensor that is part of the model. */
  initializer(name: string, shape: readonly number[], values: Float32Array): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push(tensorMessage(name, floatType, shape, bytes));
  }

  /** The model's bytes. */
  finish(inputs: readonly Port[], outputs: readonly Port[]): Uint8Array {
    const graph = new Message();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, 'normscope');
    for (const initializer of this.#initializers) graph.message(5, initializer);
    for (const input of inputs) graph.message(11, portMessage(input));
    for (const output of outputs) graph.message(12, portMessage(output));
    const model = new Message()
      .integer(1, irVersion)
      .text(2, 'normscope')
      .message(7, graph)
      .message(8, new Message().text(1, '').integer(2, operatorSet));
    for (const domain of this.#domains) {
      model.message(8, new Message().text(1, domain).integer(2, 1));
    }
    return model.finish();
  }

  #constant(type: number, shape: readonly number[], bytes: Uint8Array, content: string): string {
    const key = `${type}:${shape.join()}:${content}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = `%c${this.#constants.size}`;
    this.#constants.set(key, name);
    this.#initializers.push(tensorMessage(name, type, shape, bytes));
    return name;
  }
}

function tensorMessage(
  name: string,
  type: number,
  shape: readonly number[],
  bytes: Uint8Array,
): Message {
  const tensor = new Message();
  for (const side of shape) tensor.integer(1, side);
  return tensor.integer(2, type).text(8, name).bytes(9, bytes);
}

function portMessage({ name, shape }: Port): Message {
  const dimensions = new Message();
  for (const side of shape) dimensions.message(1, new Message().integer(1, side));
  const tensor = new Message().integer(1, floatType).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

function attributeMessage(name: string, value: Attribute): Message {
  const attribute = new Message().text(1, name);
  if (typeof value === 'number') return attribute.integer(3, value).integer(20, attributeType.int);
  if (typeof value === 'string') return attribute.text(4, value).integer(20, attributeType.string);
  if ('float' in value) return attribute.float(2, value.float).integer(20, attributeType.float);
  for (const item of value) attribute.integer(8, item);
  return attribute.integer(20, attributeType.ints);
}
