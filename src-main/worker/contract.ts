// What the core may ask of the worker, and what the worker tells meanwhile. JSON-safe; pixels,
// weights and other bulk go by file.

import type { EngineName } from '#engine/engine.ts';
import type { RawScores } from '#domain/score.ts';
import type { RunSettings, MethodName } from '#domain/run-settings.ts';

export const workerProtocol = 1;

/** A pixel shard (see worker/shard.ts) and what it is called in messages. */
export interface ShardReference {
  readonly name: string;
  readonly path: string;
}

export interface WeightedShard extends ShardReference {
  readonly weight: number;
}

export interface WeightedShift {
  readonly name: string;
  readonly weight: number;
  /** 0 … 1: how far the shift goes inside its parameter ranges. */
  readonly strength: number;
}

export interface TrainTask {
  readonly runId: number;
  /** Checkpoints and the finished model are written here. */
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
}

export interface EpochReport {
  readonly epoch: number;
  /** Steps done so far in the run. */
  readonly step: number;
  readonly loss: number;
  readonly ntxent: number;
  readonly normalNorm: number;
  /** null when the run has no outliers. */
  readonly outlierNorm: number | null;
  readonly learningRate: number;
  readonly alpha: number;
  readonly seconds: number;
}

export interface TrainResult {
  readonly modelPath: string;
  readonly modelHash: string;
  readonly steps: number;
  readonly engine: EngineName;
  readonly device: string;
  /** Sentences for the user, such as the warning that norms collapsed. */
  readonly warnings: readonly string[];
}

export interface ScoreTask {
  readonly modelPath: string;
  readonly shard: ShardReference;
  /** Indices into the shard that still need scores. */
  readonly indices: readonly number[];
  readonly seed: number;
  readonly engine: EngineName | 'auto';
}

export interface FloorTask {
  readonly normals: ShardReference;
  readonly images: ShardReference;
}

export interface EngineReport {
  readonly name: EngineName;
  readonly device: string;
  readonly offered: boolean;
  readonly reason: string;
  readonly selfTest: 'passed' | 'failed' | 'not run';
  readonly stepMilliseconds: number | null;
}

export interface WorkerMethods {
  describe: { input: Record<string, never>; output: { protocol: number; engines: EngineReport[] } };
  train: { input: TrainTask; output: TrainResult };
  score: { input: ScoreTask; output: { scored: number } };
  /** Anomaly scores of the untrained floor, one an image of `images`; higher is stranger. */
  floor: { input: FloorTask; output: { anomaly: number[] } };
}

export interface WorkerEvents {
  step: {
    readonly runId: number;
    readonly step: number;
    readonly steps: number;
    readonly epoch: number;
    readonly loss: number;
    readonly normalNorm: number;
    readonly outlierNorm: number | null;
    readonly imagesPerSecond: number;
  };
  epoch: { readonly runId: number; readonly report: EpochReport };
  checkpoint: {
    readonly runId: number;
    readonly path: string;
    readonly hash: string;
    readonly step: number;
    readonly epoch: number;
  };
  scored: { readonly scores: readonly { readonly index: number; readonly raw: RawScores }[] };
  log: { readonly level: 'info' | 'warning'; readonly text: string };
}
