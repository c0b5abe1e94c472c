// The blocked lowering: a program as an ONNX model over onnxruntime's blocked operators
// (com.microsoft.nchwc), whose images hold channels in blocks of B as the processor's vectors do.
// What those operators cannot do is lowered plainly, operation by operation.

import { definedKinds, expandBlocks } from '../../ir/expand.ts';
import type { PrimitiveOperation } from '../../ir/primitive-operations.ts';
import type { Operation, Program, Shape, Value } from '../../ir/program.ts';
import { elementCount } from '../../ir/program.ts';
import { sameShape } from '../../ir/shapes.ts';
import type { Port } from '../../onnx/graph.ts';
import { OnnxGraph } from '../../onnx/graph.ts';
import type { LoweredProgram } from '../lowered-program.ts';
import { nextName } from '../lowered-program.ts';
import { lowerOperation } from '../plain/lower.ts';
import * as convolution from './convolution.ts';
import { Forms } from './forms.ts';
import * as normalisation from './normalisation.ts';
import type { Plan } from './plan.ts';
import { planBlocked } from './plan.ts';
import * as pooling from './pooling.ts';
import { weightGradient } from './weight-gradient.ts';
import * as winograd from './winograd.ts';

/** Lowers a program for blocks of `block` channels; names and `constants` as in lowerPlain. */
export function lowerBlocked(
  given: Program,
  block: number,
  constants?: Readonly<Record<string, Float32Array>>,
): LoweredProgram {
  const program = expandBlocks(given, definedKinds);
  const plan = planBlocked(program, block);
  const forms = new Forms(new OnnxGraph(), block);
  const inputs: Port[] = [];
  for (const { name, value } of program.inputs) {
    forms.setPlain(value, name);
    inputs.push({ name, shape: value.shape });
  }
  const shapeOf = (name: string, value: Value) => plan.layouts.get(name)?.shape ?? value.shape;
  for (const { name, value } of program.state) {
    forms.setPlain(value, name);
    const shape = shapeOf(name, value);
    if (constants)
      forms.graph.initializer(name, shape, stored(plan, name, constants[name]!, shape));
    else inputs.push({ name, shape });
  }
  // What is computed under its own name need not be copied to it.
  for (const { name, next } of program.state) {
    if (next && !forms.hasPlain(next)) forms.setPlain(next, nextName(name));
  }
  for (const operation of plan.operations) lowerOne(forms, plan, operation);

  const outputs: Port[] = [];
  const publish = (name: string, from: string, shape: readonly number[]): void => {
    if (from !== name) forms.graph.node('Identity', [from], {}, name);
    outputs.push({ name, shape });
  };
  for (const { name, value } of program.outputs) publish(name, forms.plain(value), value.shape);
  for (const { name, value, next } of program.state) {
    if (next) publish(nextName(name), forms.plain(next), shapeOf(name, value));
  }
  return { model: forms.graph.finish(inputs, outputs), inputs, outputs, layouts: plan.layouts };
}

/** A state tensor's values as its layout has them. */
function stored(plan: Plan, name: string, values: Float32Array, shape: Shape): Float32Array {
  const layout = plan.layouts.get(name);
  if (!layout) return values;
  const whole = new Float32Array(elementCount(shape));
  layout.store(values, whole);
  return whole;
}

function lowerOne(forms: Forms, plan: Plan, operation: Operation): void {
  if (plan.absorbed.has(operation)) return;
  const sum = plan.sums.get(operation);
  if (sum) {
    const [output] = operation.outputs as [Value];
    if (plan.winograd.has(sum.main)) {
      const whole = winograd.inputGradient(forms, sum.main, sum.other);
      forms.setBlocked(output, whole, 'pixel');
    } else {
      forms.setBlocked(output, convolution.summedInputGradient(forms, sum));
    }
    return;
  }
  if (operation.kind === 'batchNormScore' && plan.blocked.has(operation)) {
    lowerScoring(forms, plan, operation);
  } else if (plan.winograd.has(operation)) {
    lowerWinograd(forms, operation);
  } else if (plan.blocked.has(operation) || pools(forms, operation)) {
    lowerBlockedOperation(forms, operation, plan.stems.has(operation));
  } else {
    lowerOperation(forms.graph, operation, forms.plain);
  }
}

function lowerScoring(
  forms: Forms,
  plan: Plan,
  operation: Extract<Operation, { kind: 'batchNormScore' }>,
): void {
  const { finish, apply } = normalisation.scoring(forms, operation);
  const before = plan.folded.get(operation);
  if (!before) return apply();
  const [y] = operation.outputs;
  if (plan.winograd.has(before)) {
    forms.setBlocked(y, winograd.forward(forms, before, finish), 'pixel');
  } else {
    forms.setBlocked(y, convolution.forward(forms, before, plan.stems.has(before), finish));
  }
}

function lowerWinograd(forms: Forms, operation: Operation): void {
  switch (operation.kind) {
    case 'conv2d':
      return forms.setBlocked(operation.outputs[0], winograd.forward(forms, operation), 'pixel');
    case 'conv2dInputGradient': {
      const gradient = winograd.inputGradient(forms, operation, null);
      return forms.setBlocked(operation.outputs[0], gradient, 'pixel');
    }
    case 'conv2dWeightGradient':
      return winograd.weightGradient(forms, operation);
    default:
      throw new Error(`${operation.kind} has no Winograd form`);
  }
}

/** Whether it is one of the operations that follow the tensors they are given. */
function pools(forms: Forms, operation: Operation): boolean {
  switch (operation.kind) {
    case 'maxPool':
    case 'globalAveragePool':
      return forms.hasBlocked(operation.inputs[0]);
    case 'maxPoolGradient':
      return forms.hasBlocked(operation.inputs[1]);
    case 'globalAveragePoolGradient':
      return true;
    default:
      return isElementwise(operation) && isBlockedAlike(forms, operation);
  }
}

type Elementwise = Extract<
  PrimitiveOperation,
  { kind: 'add' | 'sub' | 'mul' | 'relu' | 'leakyRelu' | 'tanh' | 'positive' | 'stopGradient' }
>;

/** Whether it computes each value by itself and gives 0 of zeros, so that what pads a block stays zero. */
function isElementwise(operation: Operation): operation is Elementwise {
  switch (operation.kind) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'relu':
    case 'leakyRelu':
    case 'tanh':
    case 'positive':
    case 'stopGradient':
      return true;
    default:
      return false;
  }
}

function isBlockedAlike(forms: Forms, { inputs, outputs: [y] }: Elementwise): boolean {
  return inputs.every((input) => forms.hasBlocked(input) && sameShape(input, y));
}

function lowerBlockedOperation(forms: Forms, operation: Operation, stem: boolean): void {
  switch (operation.kind) {
    case 'conv2d':
      return forms.setBlocked(operation.outputs[0], convolution.forward(forms, operation, stem));
    case 'conv2dInputGradient':
      return convolution.inputGradient(forms, operation);
    case 'conv2dWeightGradient':
      return weightGradient(forms, operation, stem);
    case 'batchNorm':
      return normalisation.training(forms, operation);
    case 'batchNormGradient':
      return normalisation.gradient(forms, operation);
    case 'maxPool':
      return pooling.maximum(forms, operation);
    case 'maxPoolGradient':
      return pooling.maximumGradient(forms, operation);
    case 'globalAveragePool':
      return pooling.globalAverage(forms, operation);
    case 'globalAveragePoolGradient':
      return pooling.globalAverageGradient(forms, operation);
    case 'add':
    case 'sub':
    case 'mul':
    case 'relu':
    case 'leakyRelu':
    case 'tanh':
    case 'positive':
    case 'stopGradient': {
      const [y] = operation.outputs;
      const order = forms.order(operation.inputs[0]);
      const name = `%blocked${y.id}`;
      lowerOperation(forms.graph, operation, (value) =>
        value.id === y.id ? name : forms.blocked(value, order),
      );
      forms.setBlocked(y, name, order);
      return;
    }
    default:
      throw new Error(`${operation.kind} has no blocked form`);
  }
}
