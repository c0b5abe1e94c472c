// The part of a model file that the method "frozen" has in place of a trained network: the backbone
// itself, so that the model can be used on its own, and the statistics of the read-out.

import { outputLengths } from '#ml/backbone.ts';
import type { ReadOut } from '#ml/read-out/read-out.ts';
import { backboneCard, type BackboneCard } from './backbone-card.ts';
import { damagedFile, type FileTensor, type TensorFile } from './safetensors.ts';
import { readOutTensors, readReadOut } from './read-out-tensors.ts';
import { assertTensor } from './state-tensors.ts';

export interface FrozenNetwork {
  readonly card: BackboneCard;
  /** The ONNX file. */
  readonly onnx: Uint8Array;
  /** Its stages are the outputs of the card. */
  readonly readOut: ReadOut;
}

const onnxName = 'backbone.onnx';

export function frozenParts({ readOut, ...network }: FrozenNetwork): TensorFile {
  const { tensors, metadata } = frozenNetworkParts(network);
  return { tensors: { ...tensors, ...readOutTensors(readOut) }, metadata };
}

/** The network alone. */
export function frozenNetworkParts({
  card,
  onnx,
}: Pick<FrozenNetwork, 'card' | 'onnx'>): TensorFile {
  const bytes: FileTensor = { shape: [onnx.length], values: onnx };
  return { tensors: { [onnxName]: bytes }, metadata: { backbone: JSON.stringify(card) } };
}

/** `pictures`: of an image, see `FrozenReading`. Throws `checkpoint-damaged`. */
export function readFrozenParts(
  { tensors, metadata }: TensorFile,
  pictures: number,
  path: string,
): FrozenNetwork {
  const network = readFrozenNetwork({ tensors, metadata }, path);
  const readOut = readReadOut(tensors, outputLengths(network.card.outputs), pictures, path);
  if (readOut === null) throw damagedFile(path, 'it has no statistics of the normal images');
  return { ...network, readOut };
}

/** The network alone. Throws `checkpoint-damaged`. */
export function readFrozenNetwork(
  { tensors, metadata }: TensorFile,
  path: string,
): Pick<FrozenNetwork, 'card' | 'onnx'> {
  const card = readCard(metadata['backbone'], path);
  const length = tensors[onnxName]?.shape[0] ?? 0;
  return { card, onnx: assertTensor(tensors, onnxName, [length], Uint8Array, path) };
}

function readCard(text: string | undefined, path: string): BackboneCard {
  try {
    return backboneCard.parse(JSON.parse(text ?? ''));
  } catch {
    throw damagedFile(path, 'the card of its backbone is malformed');
  }
}
