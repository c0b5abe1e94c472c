// The worker's methods, called by the core, and the events it emits meanwhile. JSON-safe; pixels, weights
// and other large data go by file.

import type { EngineName, EngineReport } from '#domain/engines/engine-report.ts';
import type { MethodName } from '#domain/methods/methods.ts';
import type { EpochReport, StepReport } from '#domain/progress.ts';
import type { RawScores } from '#domain/score.ts';
import type { RunSettings, ViewSettings } from '#domain/run-settings.ts';
import type { AugmentTiming, StepTiming, TimeAugmentTask, TimeStepTask } from './timing.ts';
import type { BackboneCard } from './files/backbone-card.ts';

/** Raised with every change to this file that affects the other side. */
export const workerProtocol = 9;

/** A file that a task reads. */
export interface Input {
  /**
   * Address of its content: of a shard `shardAddress` (worker/files/shard.ts), which is compared when the
   * shard is read; of any other file its SHA-256, hexadecimal.
   */
  readonly hash: string;
  /** Where the worker finds it; absolute. */
  readonly path: string;
}

/** A pixel shard (see worker/files/shard.ts) and its name in messages. */
interface ShardReference extends Input {
  readonly name: string;
}

export interface WeightedShard extends ShardReference {
  readonly weight: number;
}

/** A shift transform and how it changes a picture. */
export interface ShiftSpec {
  readonly name: string;
  /** 0 … 1: how far the shift goes inside its parameter ranges. */
  readonly strength: number;
  /** Its own ones; the standard values where left out. */
  readonly parameters?: Readonly<Record<string, number>> | undefined;
}

interface WeightedShift extends ShiftSpec {
  readonly weight: number;
}

/** When a training writes a checkpoint, besides when it is stopped. */
export interface CheckpointRule {
  /** Of training between two checkpoints, at least. */
  readonly leastSeconds: number;
  /** At most, unless writing is slower than `mostShare` allows. */
  readonly mostSeconds: number;
  /** Between those two: so much of the time since training began, 0 … 1. */
  readonly shareOfRun: number;
  /** The largest share of the time that may be spent on writing, above 0 … 1. */
  readonly mostShare: number;
}

export interface TrainTask {
  readonly runId: number;
  /**
   * Checkpoints and the finished model are written here; the folder is made when missing. Training
   * resumes from the newest intact one.
   */
  readonly folder: string;
  readonly method: MethodName;
  readonly settings: RunSettings;
  readonly seed: number;
  readonly engine: EngineName | 'auto';
  readonly normals: ShardReference;
  readonly outliers: readonly WeightedShard[];
  readonly shifts: readonly WeightedShift[];
  /** Ties checkpoints to the data: resume refuses another snapshot. */
  readonly snapshotHash: string;
  /** Written into checkpoints and the model. */
  readonly codeVersion: string;
  /** At least so many micro-batches per step, because an earlier worker ran out of memory. */
  readonly leastMicroBatches: number;
  /** Of methods that train no network, and of no other. */
  readonly backbone?: BackboneReference | undefined;
  /**
   * Of the method "frozen": the features of the normal images, 32-bit floats (little-endian), a row for each in
   * the order of the shard.
   */
  readonly rows?: Input | undefined;
  /** By time (`standardRule` in tasks/checkpoint-clock.ts) when left out. */
  readonly checkpoints?: CheckpointRule | undefined;
}

export interface TrainResult {
  readonly modelPath: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly modelHash: string;
  readonly steps: number;
  readonly engine: EngineName;
  readonly device: string;
  /** Sentences for the user, such as the warning that norms collapsed. */
  readonly warnings: readonly string[];
}

/** An image of a shard that is to be scored. */
export interface ImageToScore {
  /** Place in the shard, from 0. */
  readonly index: number;
  /**
   * SHA-256 of the image, hexadecimal. Its random views follow from this and the seed, so that its
   * scores are the same in every shard.
   */
  readonly hash: string;
}

export interface ScoreTask {
  readonly model: Input;
  /** Prepared with the channels, depth and window of the shard that the model was trained on. */
  readonly shard: ShardReference;
  readonly images: readonly ImageToScore[];
  readonly seed: number;
  readonly engine: EngineName | 'auto';
  /** Views per batch of the network, at most; the fastest number when left out. */
  readonly mostRows?: number | undefined;
  /**
   * A file to write: what the read-out saw, 32-bit floats (little-endian), a row for each image in order;
   * written after the last one.
   */
  readonly rows?: string | undefined;
}

export interface BaselineTask {
  readonly normals: ShardReference;
  readonly images: ShardReference;
}

export interface RandomBaselineTask extends BaselineTask {
  /** Of a run that trains a network. */
  readonly settings: RunSettings;
  readonly method: MethodName;
  readonly seed: number;
}

/** Features of all images of a shard, prepared as for scoring. */
export interface FeaturesTask {
  readonly model: Input;
  readonly shard: ShardReference;
  readonly engine: EngineName | 'auto';
  /** h of the plain view, each row of length 1, for likeness; or what the read-out sees. */
  readonly of: 'unit' | 'read-out';
  /** The file to write: 32-bit floats (little-endian), a row for each image in order. */
  readonly path: string;
}

/** A refit of a model's read-out with verdicts. */
export interface RefitTask {
  /** The file whose network is taken. */
  readonly model: Input;
  /** Of the method "refit", with those of the model that the network reads. */
  readonly settings: RunSettings;
  readonly seed: number;
  readonly snapshotHash: string;
  readonly codeVersion: string;
  /**
   * What the read-out sees of images, 32-bit floats (little-endian), a row for each: training normals,
   * confirmed normals, confirmed anomalies, held-out normals.
   */
  readonly rows: Input;
  readonly counts: {
    readonly normals: number;
    readonly confirmed: number;
    readonly anomalies: number;
    readonly heldOut: number;
  };
  /** Of each confirmed normal, then of each confirmed anomaly; those of one group are kept out together. */
  readonly groups: readonly string[];
  /** The model file to write; its folder is made when missing. */
  readonly path: string;
}

export interface RefitResult {
  /** SHA-256 of the file, hexadecimal. */
  readonly modelHash: string;
  /** Anomaly scores by refits that did not know the image or its group; null with fewer than two groups of anomalies. */
  readonly validation: {
    readonly confirmed: readonly number[];
    readonly anomalies: readonly number[];
    readonly heldOut: readonly number[];
  } | null;
}

/** Scores of images whose features are known, by a model that needs nothing else: a frozen one or a refit. */
export interface ScoreRowsTask {
  readonly model: Input;
  /** What the read-out sees of each image, 32-bit floats (little-endian). */
  readonly rows: Input;
}

/** The file of a backbone and its card. */
export interface BackboneReference {
  /** Its hash is the card's. */
  readonly model: Input;
  readonly card: BackboneCard;
}

/** The outputs of a backbone for one image. */
export interface BackboneTrial {
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly milliseconds: number;
}

/** How images become views of a network that is used as it is. */
export interface FrozenReading {
  /** Quarter turns over which features are averaged. */
  readonly turns: 1 | 4;
  /** Each channel as a grey picture of its own, in place of one picture of all. */
  readonly isSeparate: boolean;
}

/** Features of all images of a shard by a backbone (see `pooledOutputs` in ml/backbone.ts). */
export interface BackboneFeaturesTask extends BackboneReference {
  readonly shard: ShardReference;
  readonly reading: FrozenReading;
  /** 0 takes one per core. */
  readonly threads: number;
  readonly engine: EngineName | 'auto';
  /** The file to write: 32-bit floats (little-endian), a row for each image in order. */
  readonly path: string;
}

/** Files of features, a row of 32-bit floats (little-endian) for each image. */
export interface FeatureBaselineTask {
  readonly normals: Input;
  readonly images: Input;
  /** Whose values a row holds, picture after picture; each output weighs the same. */
  readonly outputs: BackboneCard['outputs'];
  /** Pictures of an image that the network has seen. */
  readonly pictures: number;
}

/** [side, side, channels], a byte a value, in base64. */
export interface SmallPicture {
  readonly side: number;
  readonly channels: number;
  readonly pixels: string;
}

export interface ShiftTask {
  readonly shift: ShiftSpec;
  readonly seed: number;
  readonly picture: SmallPicture;
  /** Another normal image, of the same size. */
  readonly partner: SmallPicture;
}

export interface AdviseTask extends BackboneReference {
  /** Normal images. */
  readonly images: ShardReference;
  readonly shifts: readonly ShiftSpec[];
  /** What may vary in a normal image. */
  readonly augment: ViewSettings;
  /** Quarter turns of a normal image are normal. */
  readonly isTurned: boolean;
  /** See `FrozenReading`. */
  readonly isSeparate: boolean;
  readonly seed: number;
}

/** See `ShiftFigures` in ml/shifts/transfer.ts. */
export interface ShiftFigures {
  readonly plain: number;
  readonly separability: number;
  readonly separability95: readonly [number, number];
  readonly transfer: readonly number[];
}

/** Rows of a file of features: which image, and the fold that keeps its group together. */
export interface FoldedImage {
  readonly row: number;
  readonly fold: number | null;
}

/** See ml/read-out/outlier-budget.ts. */
export interface OutlierBudgetTask {
  /** A row of 32-bit floats (little-endian) for each image. */
  readonly features: Input;
  readonly outputs: BackboneCard['outputs'];
  readonly pictures: number;
  readonly normals: readonly number[];
  readonly held: readonly FoldedImage[];
  readonly anomalies: readonly FoldedImage[];
  readonly sources: readonly (readonly FoldedImage[])[];
  readonly seed: number;
}

export interface OutlierBudget {
  readonly points: readonly { readonly outliers: number; readonly auroc: number }[];
  readonly sources: readonly {
    readonly auroc: number;
    readonly difference95: readonly [number, number];
  }[];
}

export interface ValidateTask {
  readonly model: Input;
  /** Normal images, prepared as those that the model was trained on. */
  readonly images: ShardReference;
  readonly shifts: readonly ShiftSpec[];
  readonly seed: number;
  readonly engine: EngineName | 'auto';
}

export interface EstimateTask {
  /** A folder on the disk for checkpoints; one is written there and timed. */
  readonly folder: string;
  readonly method: MethodName;
  readonly settings: RunSettings;
  readonly engine: EngineName | 'auto';
  /** Normal images for training. */
  readonly normals: number;
  readonly channels: number;
  /** Of the stored squares, pixels. */
  readonly side: number;
  readonly hasSources: boolean;
  readonly shifts: readonly WeightedShift[];
  /** Steps that are timed; of a method that takes none, images. */
  readonly steps: number;
  /** Of methods that train no network, and of no other. */
  readonly backbone?: BackboneReference | undefined;
}

export interface Estimate {
  readonly engine: EngineName;
  readonly device: string;
  /** Of a method that takes no steps: of one image. */
  readonly stepMilliseconds: number;
  /** Of the whole training. */
  readonly steps: number;
  /** That the checkpoints of the whole training take. */
  readonly checkpointSeconds: number;
}

/** What a heat map is compared with. */
export interface FitHeatTask {
  readonly model: Input;
  /** Normal training images, prepared as those that the model was trained on. */
  readonly normals: ShardReference;
  /** Normals that set the scale, prepared alike; null: a fifth of `normals` does, and fits nothing. */
  readonly heldOut: ShardReference | null;
  /** The file to write. */
  readonly path: string;
}

/** The images that set the scale of a heat map. */
export interface HeatScale {
  readonly images: number;
  readonly isHeldOut: boolean;
}

/** [side, side, channels] in the channels and depth of a model, little-endian, in base64. */
export interface PixelSquare {
  readonly side: number;
  readonly pixels: string;
}

export interface HeatTask {
  readonly model: Input;
  /** Written by `fitHeat`. */
  readonly statistics: Input;
  readonly square: PixelSquare;
}

/** Row by row: 0 and less for what is usual of normals, 1 and more for what hardly any normal has. */
export interface HeatGrid {
  readonly height: number;
  readonly width: number;
  readonly values: readonly number[];
  readonly from: HeatScale;
}

/** Sub-populations of images. */
export interface ClusterTask {
  /** Whose features they are: of a frozen network with several stages the last one counts. */
  readonly model: Input;
  /** 32-bit floats (little-endian), a row for each image. */
  readonly features: Input;
  readonly images: number;
  /** Clusters, at most. */
  readonly most: number;
  readonly seed: number;
}

/** See `FoundClusters` in ml/clusters/find-clusters.ts. */
export interface Clusters {
  readonly clusters: readonly { readonly weight: number; readonly exemplars: readonly number[] }[];
  readonly of: readonly number[];
  readonly probability: readonly number[];
  readonly across: readonly number[];
  readonly up: readonly number[];
}

export interface WorkerMethods {
  describe: { input: Record<string, never>; output: { protocol: number; engines: EngineReport[] } };
  train: { input: TrainTask; output: TrainResult };
  score: { input: ScoreTask; output: { scored: number } };
  /** Anomaly scores of the baseline without training, one an image of `images`; higher is stranger. */
  baseline: { input: BaselineTask; output: { anomaly: number[] } };
  /** As `baseline`, by the read-out of the run's network with random weights. */
  randomBaseline: { input: RandomBaselineTask; output: { anomaly: number[] } };
  features: { input: FeaturesTask; output: { images: number; size: number } };
  refit: { input: RefitTask; output: RefitResult };
  /** In the order of the rows. */
  scoreRows: { input: ScoreRowsTask; output: { scores: RawScores[] } };
  tryBackbone: { input: BackboneReference; output: BackboneTrial };
  backboneFeatures: { input: BackboneFeaturesTask; output: { images: number; size: number } };
  /** As `baseline`, by the read-out of features. */
  featureBaseline: { input: FeatureBaselineTask; output: { anomaly: number[] } };
  /** Emits `features` for each image that it has read. */
  fitHeat: { input: FitHeatTask; output: HeatScale };
  heat: { input: HeatTask; output: HeatGrid };
  clusters: { input: ClusterTask; output: Clusters };
  timeStep: { input: TimeStepTask; output: StepTiming };
  timeAugment: { input: TimeAugmentTask; output: AugmentTiming };
  estimate: { input: EstimateTask; output: Estimate };
  /** Of the images, and of the images changed by each shift. */
  validate: { input: ValidateTask; output: { normal: RawScores[]; shifted: RawScores[][] } };
  advise: { input: AdviseTask; output: { shifts: ShiftFigures[] } };
  outlierBudget: { input: OutlierBudgetTask; output: OutlierBudget };
  /** Answered also while another task runs. */
  shift: { input: ShiftTask; output: SmallPicture };
}

export interface WorkerEvents {
  /** Training is about to take its first step; `step` steps were done before. */
  started: {
    readonly runId: number;
    readonly engine: EngineName;
    readonly device: string;
    /** Why this engine was chosen. */
    readonly why: string;
    readonly step: number;
    readonly steps: number;
    /** Micro-batches per step (gradient accumulation, which needs less memory). */
    readonly microBatches: number;
  };
  /** Features of so many images are computed; of a training, of its normal images. */
  features: { readonly done: number; readonly total: number };
  step: StepReport;
  /** A resumed run may report an epoch again, with the same figures. */
  epoch: { readonly runId: number; readonly report: EpochReport };
  checkpoint: {
    readonly runId: number;
    readonly path: string;
    readonly step: number;
    readonly epoch: number;
    /** That the steps were paused for it. */
    readonly seconds: number;
  };
  /** An estimate or advice is about to be computed, on this engine. */
  computing: { readonly engine: EngineName };
  /** Scoring continues with so many views at once. */
  scoring: { readonly engine: EngineName; readonly rows: number };
  /** Each image once, `index` as requested; all come before the result. */
  scored: { readonly scores: readonly { readonly index: number; readonly raw: RawScores }[] };
  /** A sentence for the user. */
  warning: { readonly text: string };
}
