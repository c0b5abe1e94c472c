// The part of a model file that the method "frozen" has in place of a trained network: the backbone
// itself, so that the model can be used on its own, and the statistics of the read-out.

import { outputLengths } from '#ml/backbone.ts';
import type { StageStatistics } from '#ml/read-out/read-out.ts';
import { backboneCard, type BackboneCard } from './backbone-card.ts';
import { damagedFile, type FileTensor, type TensorFile } from './safetensors.ts';
import { readStages, stageTensors } from './stage-tensors.ts';
import { assertTensor } from './state-tensors.ts';

export interface FrozenNetwork {
  readonly card: BackboneCard;
  /** The ONNX file. */
  readonly onnx: Uint8Array;
  /** Of each output of the card, for each picture of an image (see `FrozenReading`). */
  readonly stages: readonly StageStatistics[];
}

const onnxName = 'backbone.onnx';

export function frozenParts({ card, onnx, stages }: FrozenNetwork): TensorFile {
  const bytes: FileTensor = { shape: [onnx.length], values: onnx };
  return {
    tensors: { [onnxName]: bytes, ...stageTensors(stages) },
    metadata: { backbone: JSON.stringify(card) },
  };
}

/** Throws `checkpoint-damaged`. */
export function readFrozenParts(
  { tensors, metadata }: TensorFile,
  pictures: number,
  path: string,
): FrozenNetwork {
  const card = readCard(metadata['backbone'], path);
  const length = tensors[onnxName]?.shape[0] ?? 0;
  const stages = readStages(tensors, frozenLengths(card, pictures), path);
  if (stages.length === 0) throw damagedFile(path, 'it has no statistics of the normal images');
  return { card, onnx: assertTensor(tensors, onnxName, [length], Uint8Array, path), stages };
}

/** Values of each output's features, picture after picture. */
export function frozenLengths({ outputs }: BackboneCard, pictures: number): number[] {
  return Array.from({ length: pictures }, () => outputLengths(outputs)).flat();
}

function readCard(text: string | undefined, path: string): BackboneCard {
  try {
    return backboneCard.parse(JSON.parse(text ?? ''));
  } catch {
    throw damagedFile(path, 'the card of its backbone is malformed');
  }
}
