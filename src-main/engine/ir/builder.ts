// Builds programs; checks shapes as it goes, so that an error names the operation and its operands.

import { gradients } from './autodiff.ts';
import { Primitives } from './primitives.ts';
import { elementCount } from './program.ts';
import { demand, outputSide, sameShape } from './shapes.ts';
import type { LossGroup } from './updates.ts';
import { accumulate, nameIn, trainedParameters, update } from './updates.ts';
import type {
  NamedValue,
  Operation,
  OptimiserChoice,
  Program,
  Shape,
  StateTensor,
  TrainingGroup,
  Value,
} from './program.ts';

export type { LossGroup, OptimiserChoice };

/** Names of the four tensors of a batch normalisation. */
export interface BatchNormTensors {
  readonly gamma: Value;
  readonly beta: Value;
  readonly mean: Value;
  readonly variance: Value;
}

interface PendingState {
  readonly name: string;
  readonly value: Value;
  readonly kind: StateTensor['kind'];
  next: Value | null;
}

/** The share of the batch's statistics in the running ones, as in PyTorch. */
const statisticsRate = 0.1;

export class ProgramBuilder extends Primitives {
  readonly #mode: 'train' | 'score';
  readonly #operations: Operation[] = [];
  readonly #inputs: NamedValue[] = [];
  readonly #state: PendingState[] = [];
  readonly #keeper = {
    value: (shape: Shape) => this.value(shape),
    emit: (operation: Operation) => {
      this.emit(operation);
    },
    slot: (name: string, shape: Shape) => this.#keep(name, shape, 'slot'),
    becomes: (tensor: Value, next: Value) => {
      this.#state.find(({ value }) => value.id === tensor.id)!.next = next;
    },
  };
  #nextId = 0;

  /** In mode 'train' batch normalisation takes the batch's statistics and updates the running ones. */
  constructor(mode: 'train' | 'score') {
    super();
    this.#mode = mode;
  }

  /** A tensor fed at every run. */
  input(name: string, shape: Shape): Value {
    this.#assertNewName(name);
    const value = this.value(shape);
    this.#inputs.push({ name, value });
    return value;
  }

  /** A trained tensor. */
  parameter(name: string, shape: Shape): Value {
    return this.#keep(name, shape, 'parameter');
  }

  /** A running statistic: kept, but not trained. */
  statistic(name: string, shape: Shape): Value {
    return this.#keep(name, shape, 'statistic');
  }

  /** x [N, C, H, W], weight [K, C, kh, kw] → [N, K, H′, W′]; stride 1 or 2, zero padding. */
  conv2d(x: Value, weight: Value, stride: number, padding: number): Value {
    const [n, c, height, width] = x.shape;
    const [k, weightC, kernelHeight, kernelWidth] = weight.shape;
    demand(x.shape.length === 4 && weight.shape.length === 4 && c === weightC, 'conv2d', x, weight);
    const shape = [
      n!,
      k!,
      outputSide(height!, kernelHeight!, stride, padding),
      outputSide(width!, kernelWidth!, stride, padding),
    ];
    demand(shape[2]! > 0 && shape[3]! > 0, 'conv2d', x, weight);
    demand(stride === 1 || stride === 2, `conv2d with stride ${stride}`, x, weight);
    const y = this.value(shape);
    this.emit({
      kind: 'conv2d',
      inputs: [x, weight],
      outputs: [y],
      attributes: { stride, padding },
    });
    return y;
  }

  /** x [N, C, H, W] or [N, C], normalised per channel; then + residual, then ReLU, where asked. */
  batchNorm(x: Value, tensors: BatchNormTensors, relu: boolean, residual?: Value): Value {
    const channels = x.shape[1]!;
    for (const tensor of Object.values(tensors) as Value[]) {
      demand(tensor.shape.length === 1 && tensor.shape[0] === channels, 'batchNorm', x, tensor);
    }
    if (residual) demand(sameShape(x, residual), 'batchNorm', x, residual);
    const { gamma, beta, mean, variance } = tensors;
    const y = this.value(x.shape);
    const tail: readonly Value[] = residual ? [residual] : [];
    if (this.#mode === 'score') {
      this.emit({
        kind: 'batchNormScore',
        inputs: [x, gamma, beta, mean, variance, ...tail] as never,
        outputs: [y],
        attributes: { relu },
      });
      return y;
    }
    const count = elementCount(x.shape) / channels;
    demand(count > 1, 'batchNorm (one value a channel has no variance)', x);
    const [batchMean, batchVariance, inverse] = [1, 2, 3].map(() => this.value([channels]));
    this.emit({
      kind: 'batchNorm',
      inputs: [x, gamma, beta, ...tail] as never,
      outputs: [y, batchMean!, batchVariance!, inverse!],
      attributes: { relu },
    });
    this.#track(mean, batchMean!, 1);
    this.#track(variance, batchVariance!, count / (count - 1));
    return y;
  }

  /** 3×3, stride 2, padding 1. */
  maxPool(x: Value): Value {
    demand(x.shape.length === 4, 'maxPool', x);
    const [n, c, height, width] = x.shape;
    const y = this.value([n!, c!, outputSide(height!, 3, 2, 1), outputSide(width!, 3, 2, 1)]);
    this.emit({ kind: 'maxPool', inputs: [x], outputs: [y], attributes: {} });
    return y;
  }

  /** [N, C, H, W] → [N, C]. */
  globalAveragePool(x: Value): Value {
    demand(x.shape.length === 4, 'globalAveragePool', x);
    const y = this.value(x.shape.slice(0, 2));
    this.emit({ kind: 'globalAveragePool', inputs: [x], outputs: [y], attributes: {} });
    return y;
  }

  /** x [N, in] · weightᵀ [out, in] + bias [out]. */
  linear(x: Value, weight: Value, bias?: Value): Value {
    const fits =
      x.shape.length === 2 && weight.shape.length === 2 && x.shape[1] === weight.shape[1];
    demand(fits, 'linear', x, weight);
    if (bias) demand(bias.shape.length === 1 && bias.shape[0] === weight.shape[0], 'linear', bias);
    const y = this.value([x.shape[0]!, weight.shape[0]!]);
    const inputs = bias ? ([x, weight, bias] as const) : ([x, weight] as const);
    this.emit({ kind: 'linear', inputs, outputs: [y], attributes: {} });
    return y;
  }

  /** Rows from … to−1 of x [N, D] or [N]. */
  rows(x: Value, from: number, to: number): Value {
    demand(from >= 0 && to > from && to <= x.shape[0]!, `rows ${from} to ${to}`, x);
    const y = this.value([to - from, ...x.shape.slice(1)]);
    this.emit({ kind: 'rows', inputs: [x], outputs: [y], attributes: { from, to } });
    return y;
  }

  /** ‖row‖₂ of each row of z [N, D] → [N]; the gradient at a zero row is zero. */
  rowNorms(z: Value): Value {
    demand(z.shape.length === 2, 'rowNorms', z);
    const norms = this.value([z.shape[0]!]);
    this.emit({ kind: 'rowNorms', inputs: [z], outputs: [norms], attributes: {} });
    return norms;
  }

  /**
   * NT-Xent (Chen et al., "A simple framework for contrastive learning", 2020) of z [2B, D]: rows i
   * and i+B are two views of one image. Rows are normalised inside; self-pairs are masked.
   */
  ntXent(z: Value, temperature: number): Value {
    const rows = z.shape[0]!;
    demand(z.shape.length === 2 && rows % 2 === 0 && rows >= 4, 'ntXent', z);
    const outputs = [
      this.value([]),
      this.value(z.shape),
      this.value([rows, 1]),
      this.value([rows, rows]),
    ] as const;
    this.emit({ kind: 'ntXent', inputs: [z], outputs, attributes: { temperature } });
    return outputs[0];
  }

  /**
   * −q log(1 − e^{−n} + 1e-6) + (1 − q) n for norms n [N] and targets q [N] in 0 … 1: the
   * cross-entropy of P(normal) = 1 − e^{−‖z‖}.
   */
  normCrossEntropy(norms: Value, targets: Value): Value {
    demand(
      norms.shape.length === 1 && sameShape(norms, targets),
      'normCrossEntropy',
      norms,
      targets,
    );
    const losses = this.value(norms.shape);
    this.emit({
      kind: 'normCrossEntropy',
      inputs: [norms, targets],
      outputs: [losses],
      attributes: {},
    });
    return losses;
  }

  /** Σ weight · value / Σ weight, a scalar; 0 when all weights are 0. */
  weightedMean(values: Value, weights: Value): Value {
    demand(
      values.shape.length === 1 && sameShape(values, weights),
      'weightedMean',
      values,
      weights,
    );
    const mean = this.value([]);
    this.emit({ kind: 'weightedMean', inputs: [values, weights], outputs: [mean], attributes: {} });
    return mean;
  }

  /** x times a scalar. */
  scale(x: Value, factor: Value): Value {
    demand(factor.shape.length === 0, 'scale', x, factor);
    const y = this.value(x.shape);
    this.emit({ kind: 'scale', inputs: [x, factor], outputs: [y], attributes: {} });
    return y;
  }

  /**
   * The training program of a scalar loss: gradients of every parameter, one update of each (see
   * lower/plain/updates.ts). Adds the scalar input `learningRate`, slots for every parameter
   * (NAME/momentum; of Adam NAME/mean and NAME/meanSquare), and the output `gradientSquares`: per
   * parameter, in the order of `training.parameters`, the sum of squares of its gradient (not finite
   * when the gradient is not).
   *
   * With `inMicroBatches` a step takes several runs, each on a micro-batch: see AccumulationInputs for the
   * inputs `keep`, `share` and `isLast`. The step's gradients are the mean of the micro-batches'; batch
   * normalisation sees a micro-batch at a time.
   */
  training(
    loss: Value,
    outputs: Readonly<Record<string, Value>>,
    optimiser: OptimiserChoice,
    inMicroBatches = false,
  ): Program {
    const parameters = this.#parameters().map(({ value }) => value);
    return this.#train([{ name: '', loss, parameters, optimiser }], outputs, inMicroBatches);
  }

  /**
   * The same for several losses, each with parameters, an optimiser and a learning rate of its own. All
   * gradients are those at the weights before the step. Parameters of no group stay as they are.
   */
  trainingGroups(
    groups: readonly LossGroup[],
    outputs: Readonly<Record<string, Value>>,
    inMicroBatches = false,
  ): Program {
    for (const { name } of groups) {
      const isOnly = groups.filter((group) => group.name === name).length === 1;
      if (name === '' || !isOnly) throw new Error(`"${name}" is no name of a group of its own`);
    }
    return this.#train(groups, outputs, inMicroBatches);
  }

  /** The program that only computes `outputs`; throws in mode 'train'. */
  scoring(outputs: Readonly<Record<string, Value>>): Program {
    if (this.#mode === 'train')
      throw new Error("A scoring program needs a builder in mode 'score'");
    return { ...this.#program(outputs), training: null };
  }

  value(shape: Shape): Value {
    return { id: this.#nextId++, shape };
  }

  emit(operation: Operation): void {
    this.#operations.push(operation);
  }

  #parameters(): PendingState[] {
    return this.#state.filter(({ kind }) => kind === 'parameter');
  }

  #train(
    losses: readonly LossGroup[],
    outputs: Readonly<Record<string, Value>>,
    inMicroBatches: boolean,
  ): Program {
    if (this.#mode === 'score')
      throw new Error("A training program needs a builder in mode 'train'");
    for (const { loss } of losses) demand(loss.shape.length === 0, 'training', loss);
    const parametersOf = trainedParameters(losses, this.#parameters());
    const groups = losses.map(({ name, loss, optimiser }, index): TrainingGroup => {
      const learningRate = this.input(nameIn(name, 'learningRate'), []);
      return { name, loss, optimiser, learningRate, parameters: parametersOf[index]! };
    });
    const forward = this.#operations.slice();
    const own = groups.flatMap(({ loss, parameters }) =>
      gradients(this, forward, loss, parameters),
    );
    const scalar = (called: string): Value => this.input(called, []);
    const accumulation = inMicroBatches
      ? { keep: scalar('keep'), share: scalar('share'), isLast: scalar('isLast') }
      : null;
    const all = parametersOf.flat();
    if (all.length === 0) throw new Error('A training program needs a parameter');
    const gradientOf = accumulation ? accumulate(this.#keeper, all, own, accumulation) : own;
    const sums = this.value([all.length]);
    this.emit({ kind: 'sumsOfSquares', inputs: gradientOf, outputs: [sums], attributes: {} });
    let first = 0;
    for (const group of groups) {
      const ownGradients = gradientOf.slice(first, (first += group.parameters.length));
      update(this.#keeper, group, ownGradients, accumulation);
    }
    const training = { forwardLength: forward.length, groups, accumulation, parameters: all };
    return { ...this.#program({ ...outputs, gradientSquares: sums }), training };
  }

  #assertNewName(name: string): void {
    if ([...this.#inputs, ...this.#state].some((tensor) => tensor.name === name)) {
      throw new Error(`The program has two tensors named ${name}`);
    }
  }

  #keep(name: string, shape: Shape, kind: StateTensor['kind']): Value {
    this.#assertNewName(name);
    const value = this.value(shape);
    this.#state.push({ name, value, kind, next: null });
    return value;
  }

  #track(running: Value, batch: Value, factor: number): void {
    const statistic = this.#state.find(({ value }) => value.id === running.id);
    if (statistic?.kind !== 'statistic' || statistic.next !== null) {
      throw new Error('batchNorm needs running statistics of its own');
    }
    const next = this.value(running.shape);
    this.emit({
      kind: 'movingAverage',
      inputs: [running, batch],
      outputs: [next],
      attributes: { rate: statisticsRate, factor },
    });
    statistic.next = next;
  }

  #program(outputs: Readonly<Record<string, Value>>): Omit<Program, 'training'> {
    for (const name of Object.keys(outputs)) this.#assertNewName(name);
    return {
      inputs: [...this.#inputs],
      state: this.#state.map((tensor) => ({ ...tensor })),
      outputs: Object.entries(outputs).map(([name, value]) => ({ name, value })),
      operations: [...this.#operations],
    };
  }
}
