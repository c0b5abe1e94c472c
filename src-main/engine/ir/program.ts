// A program: a small typed graph of block-level operations over float32 tensors. It says what is
// computed; src-main/engine/lower says how.

import type { PrimitiveOperation } from './primitive-operations.ts';
import type { NamedValue, OperationOf, Shape, Value } from './value.ts';

export type { NamedValue, Shape, Value };
export { elementCount } from './value.ts';

export interface Window {
  readonly stride: number;
  readonly padding: number;
}
export interface Rectified {
  readonly relu: boolean;
}
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Hyper-parameters of an update that stay the same for a whole run. */
export interface OptimiserConstants {
  readonly momentum: number;
  readonly weightDecay: number;
  /** LARS only. */
  readonly trust: number;
}

export interface AdamConstants {
  /** Decay rate of the mean of gradients. */
  readonly beta1: number;
  /** Decay rate of the mean of their squares. */
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Decay of the weights themselves (AdamW) instead of a term in the gradient. */
  readonly decoupled: boolean;
}

/**
 * Every operation. Layouts: images [N, C, H, W]; convolution weights [K, C, kh, kw]; rows [N, D];
 * linear weights [out, in]; scalars []. Gradients are operations of their own, so that a lowering
 * sees forward and backward together.
 */
export type Operation =
  | PrimitiveOperation
  | OperationOf<'conv2d', readonly [x: Value, weight: Value], readonly [y: Value], Window>
  | OperationOf<
      'conv2dInputGradient',
      readonly [dy: Value, weight: Value],
      readonly [dx: Value],
      Window
    >
  | OperationOf<
      'conv2dWeightGradient',
      readonly [x: Value, dy: Value],
      readonly [dWeight: Value],
      Window
    >
  // Batch statistics; variance is the biased one; inverse is 1 / √(variance + 1e-5).
  | OperationOf<
      'batchNorm',
      readonly [x: Value, gamma: Value, beta: Value, residual?: Value],
      readonly [y: Value, mean: Value, variance: Value, inverse: Value],
      Rectified
    >
  // gradient: dy where y > 0 (all of dy without relu); it is also the residual's gradient.
  | OperationOf<
      'batchNormGradient',
      readonly [dy: Value, x: Value, y: Value, gamma: Value, mean: Value, inverse: Value],
      readonly [dx: Value, dGamma: Value, dBeta: Value, gradient: Value],
      Rectified
    >
  // Running statistics instead of the batch's.
  | OperationOf<
      'batchNormScore',
      readonly [
        x: Value,
        gamma: Value,
        beta: Value,
        mean: Value,
        variance: Value,
        residual?: Value,
      ],
      readonly [y: Value],
      Rectified
    >
  // (1 − rate) · running + rate · factor · batch
  | OperationOf<
      'movingAverage',
      readonly [running: Value, batch: Value],
      readonly [next: Value],
      { readonly rate: number; readonly factor: number }
    >
  // 3×3, stride 2, padding 1
  | OperationOf<'maxPool', readonly [x: Value], readonly [y: Value]>
  | OperationOf<'maxPoolGradient', readonly [dy: Value, x: Value, y: Value], readonly [dx: Value]>
  | OperationOf<'globalAveragePool', readonly [x: Value], readonly [y: Value]>
  | OperationOf<'globalAveragePoolGradient', readonly [dy: Value], readonly [dx: Value]>
  | OperationOf<'linear', readonly [x: Value, weight: Value, bias?: Value], readonly [y: Value]>
  | OperationOf<'linearInputGradient', readonly [dy: Value, weight: Value], readonly [dx: Value]>
  | OperationOf<'linearWeightGradient', readonly [x: Value, dy: Value], readonly [dWeight: Value]>
  | OperationOf<'linearBiasGradient', readonly [dy: Value], readonly [dBias: Value]>
  | OperationOf<'rows', readonly [x: Value], readonly [y: Value], RowRange>
  | OperationOf<'rowsGradient', readonly [dy: Value], readonly [dx: Value], RowRange>
  | OperationOf<'rowNorms', readonly [z: Value], readonly [norms: Value]>
  | OperationOf<
      'rowNormsGradient',
      readonly [dNorms: Value, z: Value, norms: Value],
      readonly [dz: Value]
    >
  // unit rows and softmax of the similarities are kept for the gradient
  | OperationOf<
      'ntXent',
      readonly [z: Value],
      readonly [loss: Value, unit: Value, norms: Value, softmax: Value],
      { readonly temperature: number }
    >
  | OperationOf<
      'ntXentGradient',
      readonly [dLoss: Value, unit: Value, norms: Value, softmax: Value],
      readonly [dz: Value],
      { readonly temperature: number }
    >
  | OperationOf<
      'normCrossEntropy',
      readonly [norms: Value, targets: Value],
      readonly [losses: Value]
    >
  | OperationOf<
      'normCrossEntropyGradient',
      readonly [dLosses: Value, norms: Value, targets: Value],
      readonly [dNorms: Value]
    >
  | OperationOf<'weightedMean', readonly [values: Value, weights: Value], readonly [mean: Value]>
  | OperationOf<
      'weightedMeanGradient',
      readonly [dMean: Value, weights: Value],
      readonly [dValues: Value]
    >
  // scalar · tensor
  | OperationOf<'scale', readonly [x: Value, factor: Value], readonly [y: Value]>
  | OperationOf<'one', readonly [], readonly [one: Value]>
  // x · sigmoid(x)
  | OperationOf<'silu', readonly [x: Value], readonly [y: Value]>
  // Each pixel of [N, C, H, W] as a square of factor × factor.
  | OperationOf<'upsample', readonly [x: Value], readonly [y: Value], { readonly factor: number }>
  // [N, C, ..] normalised over each image's groups of channels; gamma and beta [C].
  | OperationOf<
      'groupNorm',
      readonly [x: Value, gamma: Value, beta: Value],
      readonly [y: Value],
      { readonly groups: number }
    >
  | OperationOf<'sumsOfSquares', readonly Value[], readonly [sums: Value]>
  // keep · sum + share · gradient
  | OperationOf<
      'accumulate',
      readonly [sum: Value, gradient: Value, keep: Value, share: Value],
      readonly [sum: Value]
    >
  // With isLast, a scalar: it changes nothing where that is 0.
  | OperationOf<
      'sgd',
      readonly [
        weight: Value,
        gradient: Value,
        velocity: Value,
        learningRate: Value,
        isLast?: Value,
      ],
      readonly [weight: Value, velocity: Value],
      OptimiserConstants
    >
  | OperationOf<
      'lars',
      readonly [
        weight: Value,
        gradient: Value,
        velocity: Value,
        learningRate: Value,
        isLast?: Value,
      ],
      readonly [weight: Value, velocity: Value],
      OptimiserConstants
    >
  // Means of gradients and of their squares, still to be divided by their `bias`: see adamBias.
  | OperationOf<
      'adam',
      readonly [
        weight: Value,
        gradient: Value,
        mean: Value,
        meanSquare: Value,
        learningRate: Value,
        meanBias: Value,
        meanSquareBias: Value,
        isLast?: Value,
      ],
      readonly [weight: Value, mean: Value, meanSquare: Value],
      AdamConstants
    >
  // rate · bias + (1 − rate): after t steps from 0 it is 1 − rate^t, without cancellation.
  | OperationOf<
      'adamBias',
      readonly [bias: Value, isLast?: Value],
      readonly [bias: Value],
      { readonly rate: number }
    >;

export type OperationKind = Operation['kind'];

/** A tensor kept from run to run. */
export interface StateTensor extends NamedValue {
  readonly kind: 'parameter' | 'slot' | 'statistic';
  /** What it becomes after a run; null when the program leaves it as it is. */
  readonly next: Value | null;
}

export type OptimiserChoice =
  | ({ readonly name: 'sgd' | 'lars' } & OptimiserConstants)
  | ({ readonly name: 'adam' | 'adamw' } & Omit<AdamConstants, 'decoupled'>);

export type OptimiserName = OptimiserChoice['name'];

/**
 * Of gradient accumulation: gradients are summed in slots NAME/sum, and the run of the last micro-batch
 * updates the parameters.
 */
export interface AccumulationInputs {
  /** 0 in the run of the first micro-batch, else 1. */
  readonly keep: Value;
  /** What a micro-batch's gradients count for: 1 / micro-batches. */
  readonly share: Value;
  /** 1 in the run of the last micro-batch, else 0. */
  readonly isLast: Value;
}

/** A loss, what is trained on it, and how. */
export interface TrainingGroup {
  /** Empty where a program has but one; else it stands before the names of what belongs to it. */
  readonly name: string;
  readonly loss: Value;
  readonly optimiser: OptimiserChoice;
  readonly learningRate: Value;
  readonly parameters: readonly NamedValue[];
}

/** How a training program was made from its forward part; for an interpreter that has its own gradients. */
export interface Training {
  /** Operations before this index are the forward part. */
  readonly forwardLength: number;
  /** Of disjoint parameters; all gradients are taken before the first update. */
  readonly groups: readonly TrainingGroup[];
  /** Where a step takes several runs, each of a micro-batch: its scalar inputs. */
  readonly accumulation: AccumulationInputs | null;
  /** The trained tensors of all groups, in the order of the output `gradientSquares`. */
  readonly parameters: readonly NamedValue[];
}

/** (state, inputs) → (state′, outputs). Operations stand in an order in which they can run. */
export interface Program {
  readonly inputs: readonly NamedValue[];
  readonly state: readonly StateTensor[];
  readonly outputs: readonly NamedValue[];
  readonly operations: readonly Operation[];
  readonly training: Training | null;
}
