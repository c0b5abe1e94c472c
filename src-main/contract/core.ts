// The contract of the core with its clients (command line, window, browser): calls and events. JSON-safe
// values only; calls that may take longer than a second return a job immediately.

import { z } from 'zod';
import { engineNames, type EngineReport } from '#domain/engines/engine-report.ts';
import { methodNames } from '#domain/methods/methods.ts';
import { presetNames, specimenNames } from '#domain/run-settings.ts';
import type { EpochReport, StepReport } from '#domain/progress.ts';
import type { ReviewEffort } from '#domain/metrics/review-effort.ts';
import { method } from '#rpc/method.ts';
import { backboneMethods } from './backbones.ts';
import { listAgreementMethods } from './results/list-agreement.ts';
import { batchMethods, type BatchExamination } from './results/batch.ts';
import { comparisonMethods } from './comparison.ts';
import { clusterMethods } from './maps/clusters.ts';
import { datasetMethods } from './care/datasets.ts';
import { windowMethods } from './care/window.ts';
import { editMethods, type EditState } from './edit.ts';
import type { Lineage, SharedGroups, TypeEvaluation } from './evaluation.ts';
import { exportMethods } from './results/export.ts';
import { guaranteeMethods, type Drift } from './guarantee.ts';
import { datasetName, imageMethods, role, splitNames } from './image.ts';
import { heatMapMethods } from './maps/heat-map.ts';
import { imageLookMethods } from './image-look.ts';
import { importPreviewMethods } from './import/import-preview.ts';
import { learningMethods } from './care/learning.ts';
import {
  classRoles,
  maskRules,
  roleConflicts,
  type LeftOut,
  type NotImages,
} from './import/import-rules.ts';
import { licenceMethods } from './licences.ts';
import { placeMethods } from './places.ts';
import type { Preflight } from './preflight.ts';
import { projectMethods } from './project.ts';
import { outlierMethods, type OutlierMix } from './outlier.ts';
import { rankingMethods } from './results/ranking.ts';
import { refitMethods } from './refit.ts';
import { reviewMethods, type Threshold } from './review.ts';
import { agreementMethods } from './reviewing/agreement.ts';
import { runTrashMethods, type JobState, type RunSummary } from './run.ts';

export { roleNames, splitNames } from './image.ts';
export type { ListedImage, RankedImage, Role, Split } from './image.ts';
export type { JobState, RunComparison, RunSummary } from './run.ts';
export type { Threshold } from './review.ts';

export interface Job {
  readonly id: number;
  readonly kind: 'import' | 'relink' | 'train' | 'refit' | 'score' | 'compare';
  /** The run that it trains or refits; null of other kinds. */
  readonly runId: number | null;
  readonly state: JobState;
  readonly done: number;
  readonly total: number | null;
  readonly note: string | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export interface ImportProblem {
  readonly path: string;
  readonly code: string;
  readonly reason: string;
}

export interface ImportResult {
  readonly imported: number;
  readonly duplicates: number;
  /** Images that could not be read, paths that are not there, and lines of a table that are wrong. */
  readonly failed: readonly ImportProblem[];
  /** Files found in folders and archives that are no images: no failure. */
  readonly notImages: NotImages;
  /** Files that were left out on purpose: no failure. */
  readonly leftOut: LeftOut;
  /** Images whose folder gives another role than the import. */
  readonly contradictions: number;
  /** What was recognised, as text: "class folders: lymphocyte 700, monocyte 700". */
  readonly recognised: readonly string[];
}

/** The result of a job of kind "train" or "refit". */
export interface TrainOutcome {
  readonly runId: number;
  readonly modelId: number;
  /** Optimiser steps of the whole run. */
  readonly steps: number;
}

/** The result of a job of kind "score". */
export interface ScoreOutcome {
  readonly modelId: number;
  readonly dataset: string;
  /** Images scored by this job. */
  readonly scored: number;
  /** Images that had scores before. */
  readonly alreadyScored: number;
  /** Images that could not be read. */
  readonly failed: readonly ImportProblem[];
  /** Messages for the user: a graphics card failed, or memory ran out. */
  readonly warnings: readonly string[];
  /** Whether the dataset still looks like the held-out normals; null without any. */
  readonly drift: Drift | null;
  /** Whether it looks like what the model learnt; null without images to look at. */
  readonly batch: BatchExamination | null;
}

export interface RunEstimate {
  readonly engine: string;
  readonly device: string;
  readonly steps: number;
  /** Of a method that takes no steps: of one image. */
  readonly stepMilliseconds: number;
  /** The sum of `parts`; preparing the images is not included. */
  readonly seconds: number;
  /**
   * Seconds of ranking by a frozen network first, of all steps and checkpoints, of scoring every image, and of
   * comparing both models. Of a method that takes no steps: all of it is scoring.
   */
  readonly parts: {
    readonly ranking: number;
    readonly training: number;
    readonly scoring: number;
    readonly comparison: number;
  };
  /** The part of `seconds` for writing checkpoints: 5 % at most. */
  readonly checkpointSeconds: number;
  readonly imagesPerSecond: number;
  /** Messages for the user: a graphics card failed. */
  readonly warnings: readonly string[];
}

/** What a training took. */
export interface RunResources {
  /** Of training, over all its attempts. */
  readonly seconds: number;
  /** Of them, the time that steps waited for views to be drawn. */
  readonly waitSeconds: number;
  /** The peak memory of its worker, bytes. */
  readonly peakMemory: number;
  /** Micro-batches per step (gradient accumulation); 1 unless memory was short. */
  readonly parts: number;
}

export interface RunDetails extends RunSummary {
  readonly config: unknown;
  /** Why its engine was chosen; null before the first step. */
  readonly engineWhy: string | null;
  readonly codeVersion: string;
  readonly epochs: readonly EpochReport[];
  readonly warnings: readonly string[];
  /** null before the first step. */
  readonly resources: RunResources | null;
  /** The names of its model's scores, or of those that it will have. */
  readonly scores: readonly string[];
  /** Of the score that ranks; null before the model is calibrated, or without normals for it. */
  readonly threshold: Threshold | null;
}

export interface ScoreMetrics {
  readonly auroc: number;
  /** 95 % interval (DeLong). */
  readonly auroc95: readonly [number, number];
  readonly aupr: number;
  readonly fpr95: number;
}

/**
 * How well a model tells the dataset's test normals (role normal, split test) from its anomalies
 * (role anomaly). Images that the model was trained or calibrated on never count, and those of its groups
 * only where there are no others (`shared`).
 */
export interface Evaluation {
  readonly model: number;
  readonly dataset: string;
  readonly counts: { readonly normal: number; readonly anomalous: number };
  /** Every score that the model gave these images, by name. */
  readonly scores: Readonly<Record<string, ScoreMetrics>>;
  /** The run's own choice; what follows speaks of this score. */
  readonly rankBy: string;
  /** null when no normals were held out to calibrate on. */
  readonly threshold: Threshold | null;
  /** Counted images above the threshold; null without one. */
  readonly flagged: { readonly normal: number; readonly anomalous: number } | null;
  /** By name; images without a group are in none. */
  readonly groups: readonly GroupEvaluation[];
  /** By AUROC, the worst first. */
  readonly types: readonly TypeEvaluation[];
  /** For each assumed share of anomalies; empty when the images do not have the score that ranks. */
  readonly effort: readonly ReviewEffort[];
  /** Test images of groups that the model knows. */
  readonly shared: { readonly normal: SharedGroups; readonly anomalous: SharedGroups };
  /** Messages for the user: what makes these figures better than they are. */
  readonly warnings: readonly string[];
  readonly lineage: Lineage;
}

export interface GroupEvaluation {
  readonly group: string;
  readonly counts: { readonly normal: number; readonly anomalous: number };
  /** Counted images above the threshold; null without one. */
  readonly flagged: number | null;
  /** Of the group's own images, with its 95 % interval; null unless it has both kinds. */
  readonly auroc: number | null;
  readonly auroc95: readonly [number, number] | null;
}

/** The baseline without training, on the images of an evaluation. */
export interface Baseline {
  readonly auroc: number;
  readonly auroc95: readonly [number, number];
  /** Images judged; of large datasets a seeded sample. */
  readonly counts: { readonly normal: number; readonly anomalous: number };
}

const id = z.int().min(1);
const weighted = z.strictObject({
  name: z.string().min(1),
  weight: z.number().positive().max(1000),
});

export const importInput = z.strictObject({
  /** Absolute: the core may have another working folder than the client. */
  paths: z.array(z.string().min(1)).min(1),
  dataset: datasetName,
  /** Left out: taken from the recognised layout (train/good is normal, …), else unlabelled. */
  role: role.optional(),
  /** Roles of classes by name; they count before `role` and before what folders say. */
  classRoles: classRoles.optional(),
  /**
   * What counts for images whose folder contradicts `role`. Left out: the role, but for normal images,
   * which the training uses: an image in a folder of anomalies, outliers or unlabelled images stays what
   * the folder says.
   */
  conflicts: z.enum(roleConflicts).optional(),
  /** Masks and label images found beside images; left out unless they are to be taken. */
  masks: z.enum(maskRules).optional(),
  /** "parent" for the parent folder's name, or a regular expression whose first group is taken. */
  group: z.string().min(1).optional(),
  /**
   * Where the images come from (scanner, stain, site): "parent" for the parent folder's name, a regular
   * expression with a group in brackets, which is taken, or else the domain's own name for all of them.
   */
  domain: z.string().min(1).max(1000).optional(),
  /**
   * Cuts each image into square regions of `side` pixels, which share `overlap` pixels with the next one
   * and are catalogued in its place; the image's name is their group unless another is given.
   */
  tiles: z
    .strictObject({ side: z.int().min(8).max(65_536), overlap: z.int().min(0).default(0) })
    .refine(({ side, overlap }) => overlap < side, 'the overlap must be less than the side')
    .optional(),
  /** Shares of train, calibrate and test among the normals; or one split for all. */
  split: z
    .union([z.enum(splitNames), z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)])])
    .optional(),
  seed: z.int().min(0).default(0),
});

export const trainInput = z.strictObject({
  dataset: datasetName,
  preset: z.enum(presetNames).default('quick'),
  specimen: z.enum(specimenNames).default('stained'),
  /** Left out: the preset's own method. */
  method: z.enum(methodNames).optional(),
  overrides: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  /** Without a weight a source is drawn by its number of images: see domain/outlier-weights.ts. */
  outliers: z.array(weighted.extend({ weight: weighted.shape.weight.optional() })).default([]),
  shifts: z
    .array(
      weighted.extend({
        strength: z.number().min(0).max(1).default(0.5),
        /** The shift's parameters; see shift-table.ts. Left out: the standard ones. */
        parameters: z.record(z.string(), z.number()).optional(),
      }),
    )
    .default([]),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  engine: z.enum(['auto', ...engineNames]).default('auto'),
  /** Train although outliers are identical to, or look the same as, normal or test images. */
  acceptOverlaps: z.boolean().default(false),
  /**
   * Also scores every image of the dataset: first with a frozen network, in a run of its own, then with
   * the trained one, which is compared with the frozen one on validation data.
   */
  rank: z.boolean().default(false),
  /** The sentence of 'mix.recommend' where these are its outliers and shifts; kept with the run. */
  recommended: z.string().min(1).max(4000).optional(),
});

export const coreMethods = {
  ...imageMethods,
  ...imageLookMethods,
  ...heatMapMethods,
  ...clusterMethods,
  ...importPreviewMethods,
  ...datasetMethods,
  ...editMethods,
  ...learningMethods,
  ...reviewMethods,
  ...agreementMethods,
  ...rankingMethods,
  ...refitMethods,
  ...guaranteeMethods,
  ...batchMethods,
  ...exportMethods,
  ...listAgreementMethods,
  ...runTrashMethods,
  ...projectMethods,
  ...windowMethods,
  ...licenceMethods,
  ...placeMethods,
  ...backboneMethods,
  ...comparisonMethods,
  ...outlierMethods,
  'images.import': method<{ jobId: number }>()(importInput),
  /** Imports the bundled blood cells and photographs: a job for each dataset. */
  'sample.import': method<{ jobIds: readonly number[] }>()(z.strictObject({})),
  /**
   * Checks everything that can be known before the first step, and queues the training. Comparing the
   * outliers with the images takes seconds, and stops with its caller.
   */
  /** `frozen`: the run that ranks first; null when there is none, or one has ranked these images before. */
  'runs.train': method<{
    jobId: number;
    runId: number;
    frozen: { readonly jobId: number; readonly runId: number } | null;
  }>()(trainInput),
  /**
   * How long such a training would take, from three of its own steps, or from the features of eight images
   * where it takes no steps. Takes seconds, and stops with its caller; other running work makes the estimate
   * too long.
   */
  'runs.estimate': method<RunEstimate>()(trainInput),
  /** What is known of such a training before it starts, and whether it would be refused. */
  'runs.preflight': method<Preflight>()(trainInput),
  'runs.resume': method<{ jobId: number; runId: number }>()(z.strictObject({ runId: id })),
  /** Stops the run after a checkpoint; answers within half a second. It stays in sight until it is resumed. */
  'runs.pause': method<{ state: JobState }>()(z.strictObject({ runId: id })),
  /** As 'runs.pause', and also of a paused run: the window shows it only among all runs. It can be resumed. */
  'runs.cancel': method<{ state: JobState }>()(z.strictObject({ runId: id })),
  'runs.list': method<readonly RunSummary[]>()(z.strictObject({})),
  'runs.show': method<RunDetails>()(z.strictObject({ runId: id })),
  'scores.compute': method<{ jobId: number }>()(
    z.strictObject({
      modelId: id,
      dataset: datasetName,
      engine: trainInput.shape.engine,
    }),
  ),
  'scores.evaluate': method<Evaluation>()(z.strictObject({ modelId: id, dataset: datasetName })),
  /**
   * On the images of 'scores.evaluate': nearest neighbours on thumbnails; with `weights` random the
   * read-out of the model's network before its training; with `backbone` the read-out of its features.
   * Takes seconds, and stops with its caller.
   */
  'scores.baseline': method<Baseline>()(
    z.strictObject({
      modelId: id,
      dataset: datasetName,
      backbone: z.string().min(1).max(64).optional(),
      weights: z.enum(['none', 'random']).default('none'),
    }),
  ),
  /** Tests and times every engine of this computer; takes up to a minute, and stops with its caller. */
  'engines.describe': method<readonly EngineReport[]>()(z.strictObject({})),
  'jobs.list': method<readonly Job[]>()(z.strictObject({})),
  'jobs.show': method<Job & { readonly result: unknown }>()(z.strictObject({ jobId: id })),
  'jobs.stop': method<{ state: JobState }>()(z.strictObject({ jobId: id })),
} as const;

export interface CoreEvents {
  'job.changed': Job;
  'run.step': StepReport;
  'run.epoch': { readonly runId: number; readonly report: EpochReport };
  /** How far a search for near duplicates is, here or in another window. */
  'images.compared': {
    /** The name that its caller chose; null without one. */
    readonly search: string | null;
    readonly done: number;
    readonly total: number;
  };
  /** How many images of a search for clusters have features. */
  'clusters.progress': {
    /** The name that its caller chose; null without one. */
    readonly search: string | null;
    readonly done: number;
    readonly total: number;
  };
  /** An edit, undo or redo in this or another window: shown images may be out of date. */
  'edits.changed': EditState;
  /** An earlier catalogue was restored: clients must load everything again. */
  'project.restored': Readonly<Record<string, never>>;
  /** How far the advice on shifts of a dataset is, in images. */
  'advice.progress': { readonly dataset: string; readonly done: number; readonly total: number };
  /** Changed in this or another window. */
  'mix.changed': OutlierMix;
  'run.warning': { readonly runId: number; readonly text: string };
}
