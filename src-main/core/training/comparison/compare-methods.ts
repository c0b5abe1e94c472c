// The job "compare": scores the images to be tested with the models of a comparison, and concludes.

import type { RunConfig } from '#contract/run-config.ts';
import type { ComparisonPlan, ComparisonResult } from '#contract/comparison.ts';
import { Failure } from '#domain/failure.ts';
import type { PairedScores } from '#domain/metrics/auroc-difference.ts';
import type { RawScores } from '#domain/score.ts';
import type { DatasetItem } from '../../datasets/items.ts';
import type { SpecOf } from '../../jobs/job-spec.ts';
import type { JobContext } from '../../jobs/queue.ts';
import { readRunConfig } from '../../runs/run-config.ts';
import { isCalibrationNormal } from '../../runs/run-items.ts';
import { countedItems } from '../../scores/evaluate.ts';
import { scoreImages, type ScoringPorts } from '../../scores/score-images.ts';
import { scoringModel, trainedModel } from '../../scores/scoring-model.ts';
import { findComparison, setComparisonResult } from '../../store/runs/comparisons.ts';
import { findRun } from '../../store/runs/runs.ts';
import { scoresOf } from '../../store/runs/scores.ts';
import { snapshotItems } from '../../store/runs/snapshots.ts';
import { fromAnomalies, fromShifts, isValidationAnomaly, type ModelRun } from '../validation.ts';
import { conclude, type JudgedMethod } from './conclude.ts';
import { controlScores } from './control.ts';
import { runWords } from './run-words.ts';

interface FinishedRun {
  readonly method: string;
  readonly seed: number;
  readonly run: ModelRun;
  readonly config: RunConfig;
}

/**
 * Throws `not-found` for a comparison that was deleted, `bad-input` while a run is not finished or none is left,
 * `stopped`, and what scoring throws.
 */
export async function compareMethods(
  { comparisonId }: SpecOf<'compare'>,
  job: JobContext,
  ports: ScoringPorts,
): Promise<{ comparisonId: number }> {
  const { database } = ports;
  const { stop, report } = job;
  const comparison = database.read((reader) => findComparison(reader, comparisonId));
  if (!comparison) {
    throw new Failure('not-found', `There is no comparison ${comparisonId} in this project.`);
  }
  const { runs, warnings } = finishedRuns(comparison.plan, ports);
  const { items, test } = imagesOf(runs, comparison.plan.dataset, ports);
  const held = items.filter(isCalibrationNormal);
  const wanted = [...test, ...held, ...items.filter(isValidationAnomaly)];
  for (const text of await scoreAll(runs, wanted, job, ports)) warnings.push(text);
  report({ done: 0, total: null, note: 'Choosing the scores on validation data' });
  const models = runs.map(({ run }) => run);
  const evidence =
    fromAnomalies(database, models, items) ?? (await fromShifts(runs, held, stop, ports));
  report({ done: 0, total: null, note: 'Ranking with random weights' });
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const control = await controlScores(runs, seeds, items, test, stop, ports);
  const scores = database.read((reader) => models.map(({ modelId }) => scoresOf(reader, modelId)));
  // Those that every model could read.
  const counted = test.filter(({ imageId }) =>
    [...scores, ...control].every((of) => of.has(imageId)),
  );
  const [normals, anomalies] = [isNormal, isAnomaly].map((is) => counted.filter(is)) as [
    DatasetItem[],
    DatasetItem[],
  ];
  if (Math.min(normals.length, anomalies.length) < 2) {
    throw new Failure(
      'bad-input',
      'Too few test images could be read to compare on. Check that the folder or drive they were imported ' +
        'from is there, and resume the comparison.',
    );
  }
  const judged = Map.groupBy(runs.keys(), (index) => runs[index]!.method);
  const methods = [...judged].map(([method, indices]): JudgedMethod => {
    const own = indices.map((index) => {
      const raw = (some: readonly DatasetItem[]): RawScores[] =>
        some.map(({ imageId }) => scores[index]!.get(imageId)!);
      const testScores = { normal: raw(normals), anomalous: raw(anomalies) };
      return { validation: evidence.samples[index]!, test: testScores };
    });
    return { method, runs: own };
  });
  const ofControl = control.map((of): PairedScores => {
    const anomaly = (some: readonly DatasetItem[]) => some.map(({ imageId }) => of.get(imageId)!);
    return { normal: anomaly(normals), anomalous: anomaly(anomalies) };
  });
  const result: ComparisonResult = conclude(methods, ofControl, evidence.basis, warnings);
  database.transact((writer) => {
    setComparisonResult(writer, comparisonId, result);
  });
  return { comparisonId };
}

const isNormal = ({ role }: DatasetItem): boolean => role === 'normal';
const isAnomaly = ({ role }: DatasetItem): boolean => role === 'anomaly';

/** Runs with a model; sentences about those that failed or were deleted. */
function finishedRuns(
  plan: ComparisonPlan,
  { database }: ScoringPorts,
): { readonly runs: readonly FinishedRun[]; readonly warnings: string[] } {
  const runs: FinishedRun[] = [];
  const warnings: string[] = [];
  for (const { method, runs: planned } of plan.methods) {
    for (const { runId, seed } of planned) {
      const run = database.read((reader) => findRun(reader, runId));
      const name = runWords(runId, method, seed);
      if (!run) warnings.push(`${name} was deleted, and is not compared.`);
      else if (run.state === 'failed') {
        warnings.push(`${name} failed, and is not compared: ${run.failure ?? 'no reason given'}`);
      } else if (run.state !== 'succeeded' || run.modelId === null) {
        throw new Failure(
          'bad-input',
          `${name} is not finished (${run.state}). Resume the comparison to continue it.`,
        );
      } else {
        const model = { ...run, modelId: run.modelId };
        runs.push({ method, seed, run: model, config: readRunConfig(run) });
      }
    }
  }
  if (runs.length > 0) return { runs, warnings };
  throw new Failure(
    'bad-input',
    `None of the runs of this comparison has a model. ${warnings.join(' ')} Start another comparison.`,
  );
}

/** Images that are tested in every run, and all items of the snapshot. */
function imagesOf(runs: readonly FinishedRun[], dataset: string, { database }: ScoringPorts) {
  return database.read((reader) => {
    const items = snapshotItems(reader, runs[0]!.run.snapshotId);
    const counted = runs.map(({ run }) => {
      const { normals, anomalies } = countedItems(
        reader,
        trainedModel(reader, run.modelId),
        dataset,
      );
      return [...normals, ...anomalies];
    });
    const ids = counted.map((some) => new Set(some.map(({ imageId }) => imageId)));
    const test = counted[0]!.filter(({ imageId }) => ids.every((own) => own.has(imageId)));
    return { items, test };
  });
}

/** Returns sentences about failures after which scoring continued. */
async function scoreAll(
  runs: readonly FinishedRun[],
  images: readonly DatasetItem[],
  { stop, report }: JobContext,
  ports: ScoringPorts,
): Promise<ReadonlySet<string>> {
  const warnings = new Set<string>();
  const total = runs.length * images.length;
  for (const [index, { run, config, method, seed }] of runs.entries()) {
    const model = await scoringModel(ports.database, ports.folder, run.modelId, config.engine);
    const note = `Scoring with ${runWords(run.id, method, seed)}`;
    await scoreImages(
      model,
      images,
      {
        stop,
        report: (done) => report({ done: index * images.length + done, total, note }),
        warn: (text) => warnings.add(text),
      },
      ports,
    );
  }
  return warnings;
}
