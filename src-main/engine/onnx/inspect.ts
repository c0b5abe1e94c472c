// Looks into an ONNX file before anything runs it: whether it is one, and whether its weights lie in
// other files. Field numbers are those of onnx.proto (ONNX, Apache-2.0).

import { Malformed, messageFields, partsOf } from './message-fields.ts';

/** What is wrong with the bytes, as the end of a sentence about the file; null when nothing is. */
export function faultInOnnx(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return 'is empty';
  try {
    const fields = messageFields(bytes);
    const graph = fields.find(({ number }) => number === model.graph)?.bytes;
    if (!graph || !fields.some(({ number }) => number === model.irVersion)) return noModel;
    return hasExternalData(graph, 0) ? external : null;
  } catch (error) {
    if (error instanceof Malformed) return noModel;
    throw error;
  }
}

const noModel = 'is no ONNX model, or is cut short';
const external =
  'keeps its weights in other files beside it. Save it as one file, for instance with ' +
  'onnx.save_model(model, path, save_as_external_data=False)';

const model = { irVersion: 1, graph: 7 } as const;
const graph = { node: 1, initializer: 5, sparseInitializer: 15 } as const;
const node = { attribute: 5 } as const;
const attribute = { tensor: 5, graph: 6, tensors: 10, graphs: 11 } as const;
const tensor = { externalData: 13, dataLocation: 14 } as const;
const sparse = { values: 1, indices: 2 } as const;

/** onnxruntime's own limit of protobuf messages inside each other is 100; three make one subgraph. */
const deepest = 30;

function hasExternalData(bytes: Uint8Array, depth: number): boolean {
  if (depth > deepest) throw new Malformed();
  const isExternal = (message: Uint8Array): boolean =>
    messageFields(message).some(
      ({ number, value }) =>
        number === tensor.externalData || (number === tensor.dataLocation && value !== 0),
    );
  const parts = messageFields(bytes);
  return parts.some(({ number, bytes: part }) => {
    if (!part) return false;
    if (number === graph.initializer) return isExternal(part);
    if (number === graph.sparseInitializer) {
      return partsOf(messageFields(part), sparse.values, sparse.indices).some(isExternal);
    }
    if (number !== graph.node) return false;
    return partsOf(messageFields(part), node.attribute).some((one) => {
      const fields = messageFields(one);
      return (
        partsOf(fields, attribute.tensor, attribute.tensors).some(isExternal) ||
        partsOf(fields, attribute.graph, attribute.graphs).some((inner) =>
          hasExternalData(inner, depth + 1),
        )
      );
    });
  });
}
