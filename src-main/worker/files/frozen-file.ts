// The part of a model file that methods without training have in place of a trained network: the backbone
// itself, so that the model can be used on its own, and what was fitted to the normal images.

import type { UntrainedName } from '#domain/methods/methods.ts';
import { outputLengths } from '#ml/backbone.ts';
import type { ReadOut } from '#ml/read-out/read-out.ts';
import { backboneCard, type BackboneCard } from './backbone-card.ts';
import { damagedFile, type FileTensor, type TensorFile } from './safetensors.ts';
import { readOutTensors, readReadOut } from './read-out-tensors.ts';
import { assertTensor } from './state-tensors.ts';

export interface UsedNetwork {
  readonly card: BackboneCard;
  /** The ONNX file. */
  readonly onnx: Uint8Array;
}

/** Of the method "frozen". */
export interface ReadNetwork extends UsedNetwork {
  /** Its stages are the outputs of the card. */
  readonly readOut: ReadOut;
  readonly bank?: undefined;
}

/** Of the method "patchcore". */
export interface PatchedNetwork extends UsedNetwork {
  /** The kept patches of normal images, row after row. */
  readonly bank: Float32Array;
  /** Values of a patch. */
  readonly length: number;
  readonly readOut?: undefined;
}

export type FrozenNetwork = ReadNetwork | PatchedNetwork;

const onnxName = 'backbone.onnx';
const bankName = 'patches.bank';

export function frozenParts(network: FrozenNetwork): TensorFile {
  const { tensors, metadata } = frozenNetworkParts(network);
  return { tensors: { ...tensors, ...fittedTensors(network) }, metadata };
}

/** The network alone. */
export function frozenNetworkParts({ card, onnx }: UsedNetwork): TensorFile {
  const bytes: FileTensor = { shape: [onnx.length], values: onnx };
  return { tensors: { [onnxName]: bytes }, metadata: { backbone: JSON.stringify(card) } };
}

function fittedTensors(network: FrozenNetwork): Record<string, FileTensor> {
  if (network.bank === undefined) return readOutTensors(network.readOut);
  const { bank, length } = network;
  return { [bankName]: { shape: [bank.length / length, length], values: bank } };
}

/** `pictures`: of an image, see `FrozenReading`. Throws `checkpoint-damaged`. */
export function readFrozenParts(
  { tensors, metadata }: TensorFile,
  method: UntrainedName,
  pictures: number,
  path: string,
): FrozenNetwork {
  const network = readFrozenNetwork({ tensors, metadata }, path);
  if (method === 'patchcore') {
    const [rows = 0, length = 0] = tensors[bankName]?.shape ?? [];
    if (rows < 1 || length < 1) throw damagedFile(path, 'it has no patches of normal images');
    const bank = assertTensor(tensors, bankName, [rows, length], Float32Array, path);
    return { ...network, bank, length };
  }
  const readOut = readReadOut(tensors, outputLengths(network.card.outputs), pictures, path);
  if (readOut === null) throw damagedFile(path, 'it has no statistics of the normal images');
  return { ...network, readOut };
}

/** The network alone. Throws `checkpoint-damaged`. */
export function readFrozenNetwork({ tensors, metadata }: TensorFile, path: string): UsedNetwork {
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
