// The validation data of comparisons between models: anomalies that the user set aside, or held-out normal
// images changed by shifts that no model was trained on.

import type { RunConfig } from '#contract/run-config.ts';
import { fewestNormals } from '#domain/run-settings.ts';
import type { RawScores } from '#domain/score.ts';
import type { ShiftName } from '#domain/shift-table.ts';
import type { Stop } from '#domain/stop.ts';
import { writePixelShards } from '../datasets/pixel-shards.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { isCalibrationNormal } from '../runs/run-items.ts';
import { sample } from '../scores/sample.ts';
import { scoringModel } from '../scores/scoring-model.ts';
import { shardImages } from '../scores/shard-images.ts';
import type { ProjectDatabase } from '../store/database.ts';
import type { StoredRun } from '../store/runs/runs.ts';
import { scoresOf } from '../store/runs/scores.ts';
import { onAnyEngine } from '../workers/any-engine.ts';
import type { Compute } from '../workers/compute.ts';

/** Normal images whose changed copies are the anomalies. */
export const mostChangedImages = 100;
/** Fewer anomalies set aside to validate say little. */
const fewestAnomalies = 8;

/** Shifts that keep colours and size of things; those that a run was not trained on are used, in this order. */
const validationShifts: readonly ShiftName[] = [
  ...(['swirl', 'stitch', 'jigsaw', 'mixup'] as const),
  ...(['small-paste', 'cut-mix', 'cut-out'] as const),
];
export const mostValidationShifts = 4;

export interface ValidationPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
}

export type ModelRun = StoredRun & { readonly modelId: number };

export interface Samples {
  readonly normal: readonly RawScores[];
  readonly anomalous: readonly RawScores[];
}

export interface Evidence {
  readonly basis: 'anomalies' | 'shifts';
  /** Of each run, in their order. */
  readonly samples: readonly Samples[];
}

/**
 * Stored scores of anomalies that the user set aside to validate, and of held-out normals; undefined when there
 * are too few that every run has scored.
 */
export function fromAnomalies(
  database: ProjectDatabase,
  runs: readonly ModelRun[],
  items: readonly DatasetItem[],
): Evidence | undefined {
  const scores = database.read((reader) => runs.map(({ modelId }) => scoresOf(reader, modelId)));
  const scored = items.filter(({ imageId }) => scores.every((of) => of.has(imageId)));
  const normals = scored.filter(isCalibrationNormal);
  const anomalies = scored.filter(isValidationAnomaly);
  if (anomalies.length < fewestAnomalies || normals.length < fewestNormals) return undefined;
  const samples = scores.map((of) => ({
    normal: normals.map(({ imageId }) => of.get(imageId)!),
    anomalous: anomalies.map(({ imageId }) => of.get(imageId)!),
  }));
  return { basis: 'anomalies', samples };
}

/** Set aside by the user to decide between models. */
export function isValidationAnomaly({ role, split }: DatasetItem): boolean {
  return role === 'anomaly' && split === 'calibrate';
}

/**
 * Scores of held-out normals, and of copies changed by shifts that no run was trained on. Throws what scoring
 * throws, and `stopped`.
 */
export async function fromShifts(
  runs: readonly { readonly run: ModelRun; readonly config: RunConfig }[],
  held: readonly DatasetItem[],
  stop: Stop,
  ports: ValidationPorts,
  report: (done: number) => void = () => undefined,
): Promise<Evidence> {
  const learnt = new Set(runs.flatMap(({ config }) => learntShifts(config)));
  const shifts = validationShifts
    .filter((name) => !learnt.has(name))
    .slice(0, mostValidationShifts)
    .map((name) => ({ name, strength: 0.5 }));
  const { config } = runs[0]!;
  const images = sample(held, mostChangedImages, config.seed, 3);
  const samples: Samples[] = [];
  for (const { run } of runs) {
    report(samples.length);
    const { normal, shifted } = await validate(run, config, images, shifts, stop, ports);
    samples.push({ normal, anomalous: shifted.flat() });
  }
  return { basis: 'shifts', samples };
}

/** Those that made its outliers, or the shifted copies of its contrast. */
function learntShifts({ shifts, settings }: RunConfig): string[] {
  const own = settings['contrastShift'];
  return [...shifts.map(({ name }) => name), ...(own === undefined ? [] : [String(own)])];
}

async function validate(
  run: ModelRun,
  { dataset, seed, engine }: RunConfig,
  items: readonly DatasetItem[],
  shifts: readonly { readonly name: string; readonly strength: number }[],
  stop: Stop,
  { database, folder, compute }: ValidationPorts,
) {
  const model = await scoringModel(database, folder, run.modelId, engine);
  const { side, channels, type, window } = model.pixels;
  const { hash, path } = await writePixelShards(
    { images: await shardImages(database, folder, items), side, channels, like: { type, window } },
    { projectFolder: folder, stop },
  );
  const images = { name: `held-out normal images of "${dataset}"` };
  const task = {
    model: await compute.put(model.file),
    images: { ...images, ...(await compute.put({ hash, path })) },
    ...{ shifts, seed },
  };
  const { result } = await onAnyEngine(
    ...([compute, engine, 'the models were compared'] as const),
    (lease, on, listeners) => lease.call('validate', { ...task, engine: on }, stop, listeners),
  );
  return result;
}
