// Compares a trained model with the frozen one of the same images, on validation data: which of the two ranks.

import type { RunComparison } from '#contract/core.ts';
import type { RunConfig } from '#contract/run-config.ts';
import { part } from '#domain/figures.ts';
import { findCard, scoreTitle } from '#domain/methods/methods.ts';
import { auroc } from '#domain/metrics/auroc.ts';
import { aurocDifference } from '#domain/metrics/auroc-difference.ts';
import { fewestNormals } from '#domain/run-settings.ts';
import type { RawScores } from '#domain/score.ts';
import type { Stop } from '#domain/stop.ts';
import { readRunConfig } from '../runs/run-config.ts';
import { isCalibrationNormal } from '../runs/run-items.ts';
import { listRuns, type StoredRun } from '../store/runs/runs.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';
import type { Reader } from '../store/database.ts';
import {
  fromAnomalies,
  fromShifts,
  type Evidence,
  type ModelRun,
  type Samples,
  type ValidationPorts,
} from './validation.ts';

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

/**
 * null when there is no frozen run. With too few held-out normal images nothing is proven, and the frozen
 * network ranks. Throws `checkpoint-damaged`, `stopped`, and what scoring throws.
 */
export async function compareWithFrozen(
  run: ModelRun,
  stop: Stop,
  ports: ValidationPorts,
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
  const runs = [pair.own, pair.other];
  const configs = runs.map((own) => ({ run: own, config: readRunConfig(own) }));
  const { basis, samples } =
    fromAnomalies(database, runs, items) ?? (await fromShifts(configs, held, stop, ports));
  return conclude(pair, { basis, own: samples[0]!, other: samples[1]! });
}

interface Pair {
  readonly own: ModelRun;
  readonly other: ModelRun;
}

interface PairEvidence {
  readonly basis: Evidence['basis'];
  readonly own: Samples;
  readonly other: Samples;
}

function unproven({ own, other }: Pair, heldOut: number): RunComparison {
  return {
    ...{ otherModelId: other.modelId, basis: 'none', counts: { normal: heldOut, anomalous: 0 } },
    ...{ auroc: null, difference95: null, ranks: 'other', backwards: [] },
    reason:
      `The frozen network ranks: whether the ${kindOf(own)} ${own.modelId} is better cannot be measured, because ` +
      `${heldOut} normal images are held out to calibrate on and ${fewestNormals} are needed. Give more normal ` +
      'images to calibration and train again.',
  };
}

function conclude({ own, other }: Pair, evidence: PairEvidence): RunComparison {
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
  own: Pair['own'],
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
  const model = kindOf(own);
  const figures =
    `The ${model} separates ${against} with an AUROC of ${part(found.own)} by its score ` +
    `“${scoreTitle(rankBy)}”, the frozen network with ${part(found.other)} ` +
    `(difference ${signed(low)} to ${signed(high)}).`;
  return ranks === 'own'
    ? `The ${model} ${own.modelId} ranks. ${figures}`
    : `The frozen network ranks, because the ${model} ${own.modelId} is not better on validation data. ${figures}`;
}

/** "trained model", "PatchCore model". */
function kindOf({ method }: Pair['own']): string {
  const card = findCard(method);
  return card?.learningType === 'none' ? `${card.title} model` : 'trained model';
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${part(Math.abs(value))}`;
}
