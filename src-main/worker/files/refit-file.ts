// The part of a model file that the method "refit" has: the network of the model that it started from, so
// that the model can be used on its own, and what was fitted with the verdicts.

import type { RunSettings } from '#domain/run-settings.ts';
import { outputLengths } from '#ml/backbone.ts';
import type { Program } from '#engine/ir/program.ts';
import type { Tensors } from '#engine/engine.ts';
import { picturesOf, readingOf } from '#ml/read-out/frozen-reading.ts';
import { stageLengths } from '#ml/read-out/stages.ts';
import { headValues, type OutlierHead } from '#ml/refit/outlier-head.ts';
import type { Refit } from '#ml/refit/refit.ts';
import { describeScoring } from '#ml/score.ts';
import { frozenNetworkParts, readFrozenNetwork, type FrozenNetwork } from './frozen-file.ts';
import { damagedFile, type FileTensor, type TensorFile } from './safetensors.ts';
import { readOutTensors, readReadOut } from './read-out-tensors.ts';
import { assertTensor, stateFrom, stateTensors } from './state-tensors.ts';

/** One of `frozen` and `state` is null. */
export interface RefitNetwork extends Refit {
  readonly frozen: Pick<FrozenNetwork, 'card' | 'onnx'> | null;
  /** Weights and running statistics of a trained network. */
  readonly state: Tensors | null;
}

/** `program`: the scoring program of a trained network. */
export function refitParts(
  { frozen, state, readOut, head }: RefitNetwork,
  program: () => Program,
): TensorFile {
  const network =
    frozen === null
      ? { tensors: stateTensors(program(), state!), metadata: {} }
      : frozenNetworkParts(frozen);
  const names = head === null ? [] : (Object.keys(headValues(0)) as (keyof OutlierHead)[]);
  const ofHead = names.map((name): [string, FileTensor] => {
    const values = head![name];
    return [headStart + name, { shape: [values.length], values }];
  });
  return {
    tensors: { ...network.tensors, ...readOutTensors(readOut), ...Object.fromEntries(ofHead) },
    metadata: network.metadata,
  };
}

const headStart = 'outlierHead.';

/** Throws `checkpoint-damaged`. */
export function readRefitParts(
  { tensors, metadata }: TensorFile,
  description: { readonly settings: RunSettings; readonly channels: number },
  path: string,
): RefitNetwork {
  const { settings, channels } = description;
  const isFrozen = Object.hasOwn(metadata, 'backbone');
  const frozen = isFrozen ? readFrozenNetwork({ tensors, metadata }, path) : null;
  const state = isFrozen ? null : stateFrom(describeScoring(settings, channels, 1), tensors, path);
  const lengths = frozen ? outputLengths(frozen.card.outputs) : stageLengths(settings);
  const pictures = frozen ? picturesOf(description, readingOf(settings)) : 1;
  const readOut = readReadOut(tensors, lengths, pictures, path);
  if (readOut === null) throw damagedFile(path, 'it has no statistics of the normal images');
  const size = pictures * lengths.reduce((sum, length) => sum + length, 0);
  return { frozen, state, readOut, head: readHead(tensors, size, path) };
}

/** null of a refit without confirmed anomalies. */
function readHead(tensors: TensorFile['tensors'], size: number, path: string): OutlierHead | null {
  if (!Object.keys(tensors).some((name) => name.startsWith(headStart))) return null;
  const read = Object.entries(headValues(size)).map(([name, length]) => [
    name,
    assertTensor(tensors, headStart + name, [length], Float64Array, path),
  ]);
  return Object.fromEntries(read) as OutlierHead;
}
