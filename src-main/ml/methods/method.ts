// The interface of a method: its loss, its scores, and what it fits before and after the training. Its
// description for users is in domain/methods.

import type { MethodCard } from '#domain/methods/card.ts';
import type { EpochReport } from '#domain/progress.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import type { RawScores } from '#domain/score.ts';
import type { ValuesOf } from '#domain/setting.ts';
import type { Tensors } from '#engine/engine.ts';
import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';
import type { Reference } from '../scores/reference.ts';

/** Features z of a batch or micro-batch. */
export interface Batch {
  /** [card.views · B, e]: with two views rows i and i + B are views of one normal image. */
  readonly normals: Value;
  /** [card.views · M, e]; null for methods without outliers. */
  readonly outliers: Value | null;
  /** Features h of the rows of `normals`, [card.views · B, d]; part of the program once it is called. */
  readonly hidden: () => Value;
}

/** Features of views and of their shifted copies, see ml/instances.ts. */
export interface InstanceFeatures {
  /** Of one image [1 + copies, views, d]; of many plain images [images, 1 + copies, d]. */
  readonly h: Float32Array;
  /** The same of length e. */
  readonly z: Float32Array;
}

export interface Loss {
  readonly loss: Value;
  /** Scalars by the names of the card's terms. A term that is an input by that name needs none. */
  readonly terms: Readonly<Record<string, Value>>;
  /** [rows], values ≥ 0, by the names of the card's distributions. */
  readonly distributions: Readonly<Record<string, Value>>;
}

/** One image as a trained network sees it. */
export interface ImageFeatures {
  /** Features of the plain view, [d]. */
  readonly h: Float32Array;
  /** Features z of all views, [views, e], the plain view first. */
  readonly z: Float32Array;
  readonly views: number;
  /** Of all stages, see read-out/stages.ts. */
  readonly pooled: Float32Array;
  /** Of a method with shifted copies. */
  readonly instances?: InstanceFeatures | undefined;
}

/** The reference that scores compare an image with. */
export interface Fitted {
  /** Statistics and banks of the normal training images, which every method has. */
  readonly reference: Reference;
  /** The results of the method's `fit` and `fitInstances`. */
  readonly own: Tensors;
}

export interface Method<Settings = RunSettings> {
  readonly card: MethodCard;
  /**
   * The loss of a batch. Inputs that it makes: scalars, which `inputs` feeds, and weights [rows], which
   * are 1. Parameters that it makes are trained; statistics that it makes are given by `prepare`.
   */
  readonly build: (b: ProgramBuilder, batch: Batch, settings: Settings) => Loss;
  /** The scalar inputs of a step, from 0, of `steps`. */
  readonly inputs?: (
    settings: Settings,
    step: number,
    steps: number,
  ) => Readonly<Record<string, number>>;
  /** Statistics before the first step, from z [count, e] of the plain views of the normal images. */
  readonly prepare?: (z: Float32Array, count: number) => Tensors;
  /** What scoring needs of the state after the last step; kept in the model file. */
  readonly fit?: (state: Tensors) => Tensors;
  /**
   * What scoring needs of the normal images and their shifted copies, plain; kept beside `fitted`, the result
   * of `fit`.
   */
  readonly fitInstances?: (
    features: InstanceFeatures,
    count: number,
    fitted: Tensors,
    seed: number,
  ) => Tensors;
  /** By the names of the card's scores; higher is more normal. */
  readonly score: (image: ImageFeatures, fitted: Fitted) => RawScores;
  /** A sentence for the user when the last epoch shows that the training failed, else null. */
  readonly diagnose?: (last: EpochReport) => string | null;
}

/** A method whose computation knows its own settings by name and type. */
export function method<const Card extends MethodCard>(
  card: Card,
  own: Omit<Method<RunSettings & ValuesOf<Card['settings']>>, 'card'>,
): Method {
  // The settings of a run have been checked against the card.
  return { card, ...own } as Method;
}
