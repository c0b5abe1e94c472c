// Compares a trained model with the frozen one of the same images, on validation data: which of the two ranks.

import type { RunComparison } from '#contract/core.ts';
import type { RunConfig } from '#contract/run-config.ts';
import { part } from '#domain/figures.ts';
import { scoreTitle } from '#domain/methods/methods.ts';
import { auroc } from '#domain/metrics/auroc.ts';
import { aurocDifference } from '#domain/metrics/auroc-difference.ts';
import { fewestNormals } from '#domain/run-settings.ts';
import type { RawScores } from '#domain/score.ts';
import type { ShiftName } from '#domain/shift-table.ts';
import type { Stop } from '#domain/stop.ts';
import { writePixelShards } from '../datasets/pixel-shards.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { readRunConfig } from '../runs/run-config.ts';
import { isCalibrationNormal } from '../runs/run-items.ts';
import { sample } from '../scores/sample.ts';
import { scoringModel } from '../scores/scoring-model.ts';
import { shardImages } from '../scores/shard-images.ts';
import { listRuns, type StoredRun } from '../store/runs/runs.ts';
import { scoresOf } from '../store/runs/scores.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { onAnyEngine } from '../workers/any-engine.ts';
import type { Compute } from '../workers/compute.ts';

/** Normal images whose changed copies are the anomalies of a comparison. */
const mostImages = 100;
/** Fewer anomalies set aside to validate say little. */
const fewestAnomalies = 8;

/** Shifts that keep colours and size of things; those that a run was not trained on are used, in this order. */
const validationShifts: readonly ShiftName[] = [
  ...(['swirl', 'stitch', 'jigsaw', 'mixup'] as const),
  ...(['small-paste', 'cut-mix', 'cut-out'] as const),
];
const mostShifts = 4;

export interface ComparePorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
}

/** The newest frozen run of the same snapshot that has a model and `fits`. */
export function frozenRunOf(
  reader: Reader,
  snapshotHash: string,
  fits: (config: RunConfig) => boolean = () => true,
): StoredRun | undefined {
  return listRuns(reader).findLast(
    (run) =>
      run.method === 'frozen' &&
      run.snapshotHash === snapshotHash &&
      run.modelId !== null &&
      fits(readRunConfig(run)),
  );
}

interface Evidence {
  readonly basis: 'anomalies' | 'shifts';
  readonly own: Samples;
  readonly other: Samples;
}

interface Samples {
  readonly normal: readonly RawScores[];
  readonly anomalous: readonly RawScores[];
}

/**
 * null when there is no frozen run. With too few held-out normal images nothing is proven, and the frozen
 * network ranks. Throws `checkpoint-damaged`, `stopped`, and what scoring throws.
 */
export async function compareWithFrozen(
  run: StoredRun & { readonly modelId: number },
  stop: Stop,
  ports: ComparePorts,
): Promise<RunComparison | null> {
  const { database } = ports;
  const found = database.read((reader) => {
    const other = frozenRunOf(reader, run.snapshotHash);
    const items = snapshotItems(reader, run.snapshotId);
    return other && { other, items };
  });
  if (found === undefined) return null;
  const { other, items } = found;
  const held = items.filter(isCalibrationNormal);
  const pair = { own: run, other: { ...other, modelId: other.modelId! } };
  if (held.length < fewestNormals) return unproven(pair, held.length);
  const evidence =
    fromAnomalies(database, pair, items) ?? (await fromShifts(pair, held, stop, ports));
  return conclude(pair, evidence);
}

interface Pair {
  readonly own: StoredRun & { readonly modelId: number };
  readonly other: StoredRun & { readonly modelId: number };
}

/** Stored scores of anomalies that the user set aside to validate; undefined when there are too few. */
function fromAnomalies(
  database: ProjectDatabase,
  { own, other }: Pair,
  items: readonly DatasetItem[],
): Evidence | undefined {
  const [ofOwn, ofOther] = database.read((reader) => [
    scoresOf(reader, own.modelId),
    scoresOf(reader, other.modelId),
  ]);
  const scored = items.filter(({ imageId }) => ofOwn.has(imageId) && ofOther.has(imageId));
  const normals = scored.filter(isCalibrationNormal);
  const anomalies = scored.filter(({ role, split }) => role === 'anomaly' && split === 'calibrate');
  if (anomalies.length < fewestAnomalies || normals.length < fewestNormals) return undefined;
  const samples = (scores: ReadonlyMap<number, RawScores>): Samples => ({
    normal: normals.map(({ imageId }) => scores.get(imageId)!),
    anomalous: anomalies.map(({ imageId }) => scores.get(imageId)!),
  });
  return { basis: 'anomalies', own: samples(ofOwn), other: samples(ofOther) };
}

/** Scores of held-out normals, and of copies changed by shifts that neither model has seen. */
async function fromShifts(
  { own, other }: Pair,
  held: readonly DatasetItem[],
  stop: Stop,
  ports: ComparePorts,
): Promise<Evidence> {
  const config = readRunConfig(own);
  const learnt = new Set(config.shifts.map(({ name }) => name));
  const shifts = validationShifts
    .filter((name) => !learnt.has(name))
    .slice(0, mostShifts)
    .map((name) => ({ name, strength: 0.5 }));
  const images = sample(held, mostImages, config.seed, 3);
  const samples = async (run: Pair['own']): Promise<Samples> => {
    const { normal, shifted } = await validate(run, config, images, shifts, stop, ports);
    return { normal, anomalous: shifted.flat() };
  };
  return { basis: 'shifts', own: await samples(own), other: await samples(other) };
}

async function validate(
  run: Pair['own'],
  { dataset, seed, engine }: RunConfig,
  items: readonly DatasetItem[],
  shifts: readonly { readonly name: string; readonly strength: number }[],
  stop: Stop,
  { database, folder, compute }: ComparePorts,
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

function unproven({ own, other }: Pair, heldOut: number): RunComparison {
  return {
    ...{ otherModelId: other.modelId, basis: 'none', counts: { normal: heldOut, anomalous: 0 } },
    ...{ auroc: null, difference95: null, ranks: 'other', backwards: [] },
    reason:
      `The frozen network ranks: whether the trained model ${own.modelId} is better cannot be told, because ` +
      `${heldOut} normal images are held out to calibrate on and ${fewestNormals} are needed. Give more normal ` +
      'images to calibration and train again.',
  };
}

function conclude({ own, other }: Pair, evidence: Evidence): RunComparison {
  const rankBy = (run: StoredRun) => readRunConfig(run).settings.rankBy;
  const difference = aurocDifference(
    anomalyScores(evidence.own, rankBy(own)),
    anomalyScores(evidence.other, rankBy(other)),
  );
  const [low] = difference.difference95;
  const ranks = low > 0 ? 'own' : 'other';
  const counts = {
    normal: evidence.own.normal.length,
    anomalous: evidence.own.anomalous.length,
  };
  const { difference95 } = difference;
  const found = { own: difference.own, other: difference.other };
  return {
    ...{ otherModelId: other.modelId, basis: evidence.basis, counts, auroc: found, difference95 },
    ranks,
    backwards: backwardScores(evidence.own),
    reason: reasonOf(own, { ...evidence, found, ranks, rankBy: rankBy(own), difference95 }),
  };
}

/** Higher is stranger. */
function anomalyScores({ normal, anomalous }: Samples, name: string) {
  const of = (some: readonly RawScores[]) => some.map((raw) => -raw[name]!);
  return { normal: of(normal), anomalous: of(anomalous) };
}

/** Scores whose AUROC lies below one half with its whole 95 % interval. */
function backwardScores(samples: Samples): string[] {
  return Object.keys(samples.normal[0]!).filter((name) => {
    const { normal, anomalous } = anomalyScores(samples, name);
    return auroc(normal, anomalous).auroc95[1] < 0.5;
  });
}

function reasonOf(
  { modelId }: Pair['own'],
  {
    basis,
    found,
    ranks,
    rankBy,
    difference95: [low, high],
  }: {
    readonly basis: Evidence['basis'];
    readonly found: { readonly own: number; readonly other: number };
    readonly ranks: RunComparison['ranks'];
    readonly rankBy: string;
    readonly difference95: readonly [number, number];
  },
): string {
  const against =
    basis === 'anomalies'
      ? 'the anomalies set aside to validate'
      : 'copies of held-out normal images changed by shifts that it was not trained on';
  const figures =
    `The trained model separates ${against} with an AUROC of ${part(found.own)} by its score ` +
    `“${scoreTitle(rankBy)}”, the frozen network with ${part(found.other)} ` +
    `(difference ${signed(low)} to ${signed(high)}).`;
  return ranks === 'own'
    ? `The trained model ${modelId} ranks. ${figures}`
    : `The frozen network ranks, because the trained model ${modelId} is not better on validation data. ${figures}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${part(Math.abs(value))}`;
}
