// Makes the maps of a network outputs of its ONNX file: many files give features that are already averaged
// over positions. Field numbers are those of onnx.proto (ONNX, Apache-2.0).

import { messageFields, partsOf } from './message-fields.ts';
import { Message } from './protobuf.ts';

const model = { graph: 7 } as const;
const graph = { node: 1, output: 12 } as const;
const node = { input: 1, output: 2, type: 4 } as const;
const valueInfo = { name: 1, type: 2 } as const;
const tensorType = { ofType: 1, element: 1 } as const;
const floatType = 1;

/** Average over positions. */
const poolings = ['ReduceMean', 'GlobalAveragePool', 'AveragePool'];
/** Give the same values in another shape. */
const reshapings = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity'];
/** Names of tensors do not begin like this. */
const nameStart = '%map';
/** From an output to its pooling: concatenation, root, sum, reshaping. */
const longestWay = 8;

interface Node {
  readonly type: string;
  readonly inputs: readonly string[];
}

export interface MappedFile {
  /** The same file with one output more for each map. */
  readonly bytes: Uint8Array;
  /** For each of the outputs the name of its map in this file; null when none is found. */
  readonly maps: readonly (string | null)[];
}

/**
 * `outputs`: names of outputs that are pooled maps. From each it goes back along first inputs to a node that
 * averages, and takes what that averages. Whether this has positions is known when the file runs. Throws an
 * Error for bytes that are no ONNX file (see `faultInOnnx`).
 */
export function withMapOutputs(bytes: Uint8Array, outputs: readonly string[]): MappedFile {
  const [content] = partsOf(messageFields(bytes), model.graph);
  const makers = new Map<string, Node>();
  for (const one of partsOf(messageFields(content ?? new Uint8Array(0)), graph.node)) {
    const fields = messageFields(one);
    const inputs = partsOf(fields, node.input).map(textOf);
    const made = { type: partsOf(fields, node.type).map(textOf).join(''), inputs };
    for (const name of partsOf(fields, node.output)) makers.set(textOf(name), made);
  }
  const found = outputs.map((name) => mapBehind(name, makers));
  const maps = found.map((name, index) => (name === null ? null : `${nameStart}${index}`));
  // A second message of the field "graph" is merged into the first one (protobuf's rule for messages).
  const added = new Message();
  found.forEach((name, index) => {
    if (name === null) return;
    added.message(graph.node, copyOf(name, maps[index]!)).message(graph.output, port(maps[index]!));
  });
  const end = new Message().message(model.graph, added).finish();
  const whole = new Uint8Array(bytes.length + end.length);
  whole.set(bytes);
  whole.set(end, bytes.length);
  return { bytes: whole, maps };
}

function mapBehind(output: string, makers: ReadonlyMap<string, Node>): string | null {
  let name: string | undefined = output;
  for (let step = 0; step < longestWay; step++) {
    const made: Node | undefined = name === undefined ? undefined : makers.get(name);
    if (!made) return null;
    name = made.inputs[0];
    if (!poolings.includes(made.type)) continue;
    while (name !== undefined && reshapings.includes(makers.get(name)?.type ?? '')) {
      name = makers.get(name)!.inputs[0];
    }
    return name ?? null;
  }
  return null;
}

/** A node that copies a tensor. */
function copyOf(tensor: string, name: string): Message {
  return new Message().text(node.input, tensor).text(node.output, name).text(node.type, 'Identity');
}

function port(name: string): Message {
  const tensor = new Message().integer(tensorType.element, floatType);
  const type = new Message().message(tensorType.ofType, tensor);
  return new Message().text(valueInfo.name, name).message(valueInfo.type, type);
}

/** A character a byte, as `Message.text` writes them. */
function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
