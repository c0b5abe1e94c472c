// The plain lowering: a program as an ONNX model of standard operators only. It runs on every
// provider of onnxruntime; the operators are those that WebGPU has too (no training-mode batch
// normalisation, no LogSoftmax, no Sign).

import type { Port } from '../../onnx/graph.ts';
import { OnnxGraph } from '../../onnx/graph.ts';
import { definedKinds, expandBlocks } from '../../ir/expand.ts';
import { isPrimitive } from '../../ir/primitive-operations.ts';
import type { Operation, Program, Value } from '../../ir/program.ts';
import type { LoweredProgram } from '../lowered-program.ts';
import { nextName } from '../lowered-program.ts';
import type { NameOf } from '../name-of.ts';
import * as convolution from './convolution.ts';
import type { WeightGradient, WeightGradientWay } from './convolution.ts';
import * as normalisation from './normalisation.ts';
import * as pooling from './pooling.ts';
import * as losses from './losses.ts';
import * as primitives from './primitives.ts';
import * as updates from './updates.ts';

/** Where there is more than one way. */
export interface PlainChoices {
  readonly weightGradientWay: (operation: WeightGradient) => WeightGradientWay;
}

/** What is fastest on the CPU. */
const usualChoices: PlainChoices = { weightGradientWay: () => 'products' };

/**
 * Lowers a program. Model inputs: the program's inputs and state tensors by name; model outputs:
 * its outputs by name and `nextName` of each state tensor that changes. With `constants`, state is
 * written into the model instead (for scoring, so that onnxruntime can fold batch normalisation).
 */
export function lowerPlain(
  given: Program,
  constants?: Readonly<Record<string, Float32Array>>,
  choices: PlainChoices = usualChoices,
): LoweredProgram {
  const program = expandBlocks(given, definedKinds);
  const graph = new OnnxGraph();
  const names = new Map<number, string>();
  const inputs: Port[] = [];
  for (const { name, value } of program.inputs) {
    names.set(value.id, name);
    inputs.push({ name, shape: value.shape });
  }
  for (const { name, value } of program.state) {
    names.set(value.id, name);
    if (constants) graph.initializer(name, value.shape, constants[name]!);
    else inputs.push({ name, shape: value.shape });
  }
  // What is computed under its own name need not be copied to it.
  for (const { name, next } of program.state) {
    if (next && !names.has(next.id)) names.set(next.id, nextName(name));
  }
  const nameOf: NameOf = (value) => {
    const known = names.get(value.id);
    if (known !== undefined) return known;
    const fresh = `%v${value.id}`;
    names.set(value.id, fresh);
    return fresh;
  };
  const live = liveOperations(program);
  for (const operation of live) lowerOperation(graph, operation, nameOf, choices);

  const outputs: Port[] = [];
  const publish = (name: string, value: Value): void => {
    if (nameOf(value) !== name) graph.node('Identity', [nameOf(value)], {}, name);
    outputs.push({ name, shape: value.shape });
  };
  for (const { name, value } of program.outputs) publish(name, value);
  for (const { name, next } of program.state) if (next) publish(nextName(name), next);
  return { model: graph.finish(inputs, outputs), inputs, outputs, layouts: new Map() };
}

/** Operations whose results are used. */
export function liveOperations(program: Program): Operation[] {
  const used = new Set(program.outputs.map(({ value }) => value.id));
  for (const { next } of program.state) if (next) used.add(next.id);
  const live: Operation[] = [];
  for (const operation of program.operations.toReversed()) {
    if (!operation.outputs.some(({ id }) => used.has(id))) continue;
    live.push(operation);
    for (const input of operation.inputs) if (input) used.add(input.id);
  }
  return live.reverse();
}

/** One operation in standard operators. */
export function lowerOperation(
  graph: OnnxGraph,
  operation: Operation,
  nameOf: NameOf,
  { weightGradientWay }: PlainChoices = usualChoices,
): void {
  if (isPrimitive(operation)) return primitives.lower(graph, operation, nameOf);
  switch (operation.kind) {
    case 'conv2d':
      return convolution.forward(graph, operation, nameOf);
    case 'conv2dInputGradient':
      return convolution.inputGradient(graph, operation, nameOf);
    case 'conv2dWeightGradient':
      return convolution.weightGradient(graph, operation, nameOf, weightGradientWay(operation));
    case 'batchNorm':
      return normalisation.training(graph, operation, nameOf);
    case 'batchNormGradient':
      return normalisation.gradient(graph, operation, nameOf);
    case 'batchNormScore':
      return normalisation.scoring(graph, operation, nameOf);
    case 'movingAverage':
      return normalisation.movingAverage(graph, operation, nameOf);
    case 'maxPool':
    case 'maxPoolGradient':
    case 'globalAveragePool':
    case 'globalAveragePoolGradient':
      return pooling.lower(graph, operation, nameOf);
    case 'accumulate':
    case 'sgd':
    case 'lars':
    case 'adam':
    case 'adamBias':
    case 'sumsOfSquares':
      return updates.lower(graph, operation, nameOf);
    case 'silu':
    case 'upsample':
    case 'groupNorm':
      throw new Error(`${operation.kind} is lowered by its expansion`);
    default:
      return losses.lower(graph, operation, nameOf);
  }
}
