// The schemas of the worker's inputs, which come from the core; a mismatch is reported as a failure that
// names the field.

import { z } from 'zod';
import { mostChannels } from '#domain/pixels/channel.ts';
import { engineNames } from '#domain/engines/engine-report.ts';
import { methodNames, runMethodNames, type MethodName } from '#domain/methods/methods.ts';
import {
  generalSettings,
  settingFault,
  viewSettingNames,
  type RunSettings,
  type ViewSettings,
} from '#domain/run-settings.ts';
import { method } from '#rpc/method.ts';
import { backboneCard } from './files/backbone-card.ts';
import type {
  AdviseTask,
  BackboneFeaturesTask,
  BackboneReference,
  BackboneTrial,
  CheckpointRule,
  Clusters,
  ClusterTask,
  Estimate,
  EstimateTask,
  FeatureBaselineTask,
  FeaturesTask,
  FitHeatTask,
  HeatGrid,
  HeatScale,
  HeatTask,
  BaselineTask,
  OutlierBudget,
  OutlierBudgetTask,
  RandomBaselineTask,
  RefitResult,
  RefitTask,
  ScoreRowsTask,
  ScoreTask,
  ShiftTask,
  SmallPicture,
  TrainResult,
  TrainTask,
  ValidateTask,
  WorkerMethods,
} from './contract.ts';
import type { AugmentTiming, StepTiming, TimeAugmentTask, TimeStepTask } from './timing.ts';

export const settingValues = z.record(z.string(), z.union([z.number(), z.string()]));

/** Settings, checked together with the method by `checkSettings`. */
const runSettings = settingValues as unknown as z.ZodType<RunSettings>;

/** All settings of the task's method, each inside its range, and nothing else. */
function checkSettings(
  { method: name, settings }: { readonly method: MethodName; readonly settings: RunSettings },
  context: z.RefinementCtx,
): void {
  const fault = settingFault(name, settings);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault, path: ['settings'] });
}

const viewSettings = z.strictObject(
  Object.fromEntries(
    viewSettingNames.map((name) => {
      const { min, max } = generalSettings[name];
      return [name, z.number().min(min).max(max)];
    }),
  ),
) as unknown as z.ZodType<ViewSettings>;

const weight = z.number().positive();
export const seed = z.int().min(0);
const engine = z.enum(['auto', ...engineNames]);
export const shiftParameters = z.record(z.string(), z.number());
const shift = z.strictObject({
  name: z.string(),
  strength: z.number().min(0).max(1),
  parameters: shiftParameters.optional(),
});
const file = z.strictObject({ hash: z.hash('sha256'), path: z.string() });
const shard = file.extend({ name: z.string() });

const checkpointRule: z.ZodType<CheckpointRule> = z.strictObject({
  leastSeconds: z.number().min(0),
  mostSeconds: z.number().min(0),
  shareOfRun: z.number().min(0).max(1),
  mostShare: z.number().positive().max(1),
});

const backbone = z.strictObject({ model: file, card: backboneCard });

const trainTask: z.ZodType<TrainTask> = z
  .strictObject({
    runId: z.int(),
    folder: z.string(),
    method: z.enum(methodNames),
    settings: runSettings,
    seed,
    engine,
    normals: shard,
    outliers: z.array(shard.extend({ weight })),
    shifts: z.array(shift.extend({ weight })),
    snapshotHash: z.string(),
    codeVersion: z.string(),
    leastMicroBatches: z.int().min(1),
    backbone: backbone.optional(),
    rows: file.optional(),
    checkpoints: checkpointRule.optional(),
  })
  .superRefine(checkSettings);

const image = z.strictObject({ index: z.int().min(0), hash: z.hash('sha256') });

const scoreTask: z.ZodType<ScoreTask> = z.strictObject({
  model: file,
  shard,
  images: z.array(image),
  seed,
  engine,
  mostRows: z.int().min(1).optional(),
  rows: z.string().optional(),
});

const baselineTask: z.ZodType<BaselineTask> = z.strictObject({ normals: shard, images: shard });

const randomBaselineTask: z.ZodType<RandomBaselineTask> = z
  .strictObject({
    normals: shard,
    images: shard,
    method: z.enum(runMethodNames),
    settings: runSettings,
    seed,
  })
  .superRefine(checkSettings);

const featuresTask: z.ZodType<FeaturesTask> = z.strictObject({
  model: file,
  shard,
  engine,
  of: z.enum(['unit', 'read-out']),
  path: z.string(),
});

const count = z.int().min(0);

const refitTask: z.ZodType<RefitTask> = z
  .strictObject({
    model: file,
    settings: runSettings,
    seed,
    snapshotHash: z.string(),
    codeVersion: z.string(),
    rows: file,
    counts: z.strictObject({ normals: count, confirmed: count, anomalies: count, heldOut: count }),
    groups: z.array(z.string()),
    path: z.string(),
  })
  .superRefine(({ settings, counts, groups }, context) => {
    checkSettings({ method: 'refit', settings }, context);
    if (groups.length === counts.confirmed + counts.anomalies) return;
    context.addIssue({ code: 'custom', message: 'one for each verdict', path: ['groups'] });
  });

const scoreRowsTask: z.ZodType<ScoreRowsTask> = z.strictObject({ model: file, rows: file });

const backboneReference: z.ZodType<BackboneReference> = backbone;

const reading = z.strictObject({ turns: z.literal([1, 4]), isSeparate: z.boolean() });

const backboneFeaturesTask: z.ZodType<BackboneFeaturesTask> = backbone.extend({
  shard,
  reading,
  threads: z.int().min(0).max(256),
  engine,
  path: z.string(),
});

const featureBaselineTask: z.ZodType<FeatureBaselineTask> = z.strictObject({
  normals: file,
  images: file,
  outputs: backboneCard.shape.outputs,
  pictures: z.int().min(1).max(mostChannels),
});

const fitHeatTask: z.ZodType<FitHeatTask> = z.strictObject({
  model: file,
  normals: shard,
  heldOut: shard.nullable(),
  path: z.string(),
});

const heatTask: z.ZodType<HeatTask> = z.strictObject({
  model: file,
  statistics: file,
  square: z.strictObject({ side: z.int().min(1).max(4096), pixels: z.base64() }),
});

const clusterTask: z.ZodType<ClusterTask> = z.strictObject({
  model: file,
  features: file,
  images: z.int().min(2),
  most: z.int().min(1).max(64),
  seed,
});

const timeStepTask: z.ZodType<TimeStepTask> = z.strictObject({
  width: z.int().min(4).max(256),
  size: z.int().min(16).max(512),
  images: z.int().min(8).max(4096).multipleOf(4),
  threads: z.int().min(0).max(256),
  steps: z.int().min(1).max(1000),
  engine,
});

const timeAugmentTask: z.ZodType<TimeAugmentTask> = z.strictObject({
  size: z.int().min(16).max(512),
  views: z.int().min(1).max(1_000_000),
});

const channels = z.int().min(1).max(mostChannels);
const picture = z.strictObject({
  side: z.int().min(16).max(512),
  channels,
  pixels: z.base64(),
});

const shiftTask: z.ZodType<ShiftTask> = z.strictObject({
  shift,
  seed,
  picture,
  partner: picture,
});

const adviseTask: z.ZodType<AdviseTask> = backbone.extend({
  images: shard,
  shifts: z.array(shift),
  augment: viewSettings,
  isTurned: z.boolean(),
  isSeparate: z.boolean(),
  seed,
});

const foldedImage = z.strictObject({ row: z.int().min(0), fold: z.int().min(0).nullable() });

const outlierBudgetTask: z.ZodType<OutlierBudgetTask> = z.strictObject({
  features: file,
  outputs: backboneCard.shape.outputs,
  pictures: z.int().min(1).max(mostChannels),
  normals: z.array(z.int().min(0)),
  held: z.array(foldedImage),
  anomalies: z.array(foldedImage),
  sources: z.array(z.array(foldedImage)),
  seed,
});

const validateTask: z.ZodType<ValidateTask> = z.strictObject({
  model: file,
  images: shard,
  shifts: z.array(shift),
  seed,
  engine,
});

const estimateTask: z.ZodType<EstimateTask> = z
  .strictObject({
    folder: z.string(),
    method: z.enum(methodNames),
    settings: runSettings,
    engine,
    normals: z.int().min(0),
    channels,
    side: z.int().min(1).max(4096),
    hasSources: z.boolean(),
    shifts: z.array(shift.extend({ weight })),
    steps: z.int().min(1).max(1000),
    backbone: backbone.optional(),
  })
  .superRefine(checkSettings);

export const workerMethods = {
  describe: method<WorkerMethods['describe']['output']>()(z.strictObject({})),
  train: method<TrainResult>()(trainTask),
  score: method<WorkerMethods['score']['output']>()(scoreTask),
  baseline: method<WorkerMethods['baseline']['output']>()(baselineTask),
  randomBaseline: method<WorkerMethods['randomBaseline']['output']>()(randomBaselineTask),
  features: method<WorkerMethods['features']['output']>()(featuresTask),
  refit: method<RefitResult>()(refitTask),
  scoreRows: method<WorkerMethods['scoreRows']['output']>()(scoreRowsTask),
  tryBackbone: method<BackboneTrial>()(backboneReference),
  backboneFeatures: method<WorkerMethods['backboneFeatures']['output']>()(backboneFeaturesTask),
  featureBaseline: method<WorkerMethods['featureBaseline']['output']>()(featureBaselineTask),
  fitHeat: method<HeatScale>()(fitHeatTask),
  heat: method<HeatGrid>()(heatTask),
  clusters: method<Clusters>()(clusterTask),
  timeStep: method<StepTiming>()(timeStepTask),
  timeAugment: method<AugmentTiming>()(timeAugmentTask),
  estimate: method<Estimate>()(estimateTask),
  advise: method<WorkerMethods['advise']['output']>()(adviseTask),
  validate: method<WorkerMethods['validate']['output']>()(validateTask),
  outlierBudget: method<OutlierBudget>()(outlierBudgetTask),
  shift: method<SmallPicture>()(shiftTask),
};
