// Model files for tests: small real ones by our own compiler, broken ones byte by byte.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { seededTensors } from '#engine/ir/small-net.ts';
import type { Tensors } from '#engine/engine.ts';
import type { Program } from '#engine/ir/program.ts';
import { lowerPlain } from '#engine/lower/plain/lower.ts';
import { Message } from '#engine/onnx/protobuf.ts';
import { networks } from '#ml/networks/networks.ts';

export interface WrittenModel {
  readonly program: Program;
  readonly state: Tensors;
  readonly inputs: Tensors;
  readonly bytes: Uint8Array;
}

/** Conv-4 of width 4 as a file: images [rows, 3, side, side] to h [rows, 32] and z [rows, 128]. */
export function conv4File(rows: number, side = 16): WrittenModel {
  const b = new ProgramBuilder('score');
  const images = b.input('images', [rows, 3, side, side]);
  const settings = { width: 4, inputSize: side, channels: 3 } as const;
  const { h, z, stages } = networks.conv4.describe(b, images, settings);
  const program = b.scoring({ h, z, stage2: stages[1]! });
  const { state, inputs } = seededTensors(program, 5);
  return { program, state, inputs, bytes: lowerPlain(program, state).model };
}

export interface ModelParts {
  readonly operator?: string;
  readonly opset?: number;
  /** Of the weight w. */
  readonly dimensions?: readonly number[];
  readonly location?: string;
}

/** y = operator(x, w) for x [1], with a weight that may be described wrongly. */
export function oddModel(parts: ModelParts): Uint8Array {
  const { operator = 'Mul', opset = 17, dimensions = [1], location } = parts;
  const weight = new Message();
  for (const side of dimensions) weight.integer(1, side);
  weight.integer(2, 1).text(8, 'w');
  if (location === undefined) weight.bytes(9, new Uint8Array(4));
  else {
    weight.message(13, new Message().text(1, 'location').text(2, location)).integer(14, 1);
  }
  const node = new Message().text(1, 'x').text(1, 'w').text(2, 'y').text(4, operator);
  const graph = new Message().message(1, node).text(2, 'g').message(5, weight);
  graph.message(11, port('x')).message(12, port('y'));
  const set = new Message().text(1, '').integer(2, opset);
  return new Message().integer(1, 8).message(7, graph).message(8, set).finish();
}

function port(name: string): Message {
  const shape = new Message().message(1, new Message().integer(1, 1));
  const type = new Message().message(1, new Message().integer(1, 1).message(2, shape));
  return new Message().text(1, name).message(2, type);
}

/** EfficientNet-Lite0 with five outputs (shared/peer/frozen_features.py). */
export const lite0Path = join(import.meta.dirname, '../../../../../shared/peer/lite0-ms-112.onnx');
export const hasLite0 = existsSync(lite0Path);
if (!hasLite0) console.warn(`Not tested: a real backbone. ${lite0Path} is not there.`);
