// Starts a comparison of methods: checks everything that can be known before, and stores a run for each method
// and seed, all of the same snapshot.

import type { z } from 'zod';
import type { ComparisonBudget, ComparisonPlan, comparisonInput } from '#contract/comparison.ts';
import { trainInput } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { isTrained, type StartName } from '#domain/methods/methods.ts';
import { checkOutliers, standardShifts, takesShifts, takesSources } from '#domain/run-outliers.ts';
import { fewestNormals, openSettings, resolveSettings } from '#domain/run-settings.ts';
import type { Stop } from '#domain/stop.ts';
import type { DatasetItem } from '../../datasets/items.ts';
import { datasetNamed, isCalibrationNormal } from '../../runs/run-items.ts';
import { items } from '../../store/images/datasets.ts';
import { addComparison } from '../../store/runs/comparisons.ts';
import { findRun } from '../../store/runs/runs.ts';
import { estimateRun, type EstimatePorts } from '../estimate.ts';
import { backboneOf, startRun, type StartPorts, type TrainInput } from '../start-run.ts';

export type ComparisonInput = z.output<typeof comparisonInput>;

export interface StartComparisonPorts extends StartPorts, EstimatePorts {
  /** Throws `bad-input` where outliers cannot be distinguished from normal or test images. */
  readonly assertNoOverlaps: (input: TrainInput, stop: Stop) => Promise<void>;
}

/** Of each kind, for a paired test. */
const fewestTested = 2;

interface AskedMethod {
  readonly method: StartName;
  readonly input: TrainInput;
}

/** Returns the id of the comparison. Throws what `runs.train` and `runs.estimate` throw. */
export async function startComparison(
  asked: ComparisonInput,
  stop: Stop,
  ports: StartComparisonPorts,
): Promise<number> {
  assertOverrides(asked);
  const methods = asked.methods.map((method) => ({ method, input: inputOf(method, asked) }));
  for (const { method, input } of methods) assertResolves(method, input);
  const all = ports.database.read((reader) => items(reader, datasetNamed(reader, asked.dataset)));
  assertComparable(all, asked.dataset);
  for (const { input } of methods) {
    if (input.outliers.length > 0) await ports.assertNoOverlaps(input, stop);
  }
  const planned: ComparisonPlan['methods'][number][] = [];
  const budgeted: (AskedMethod & { readonly steps: number | null })[] = [];
  for (const own of methods)
    budgeted.push({ ...own, steps: await stepsOf(own, asked, stop, ports) });
  for (const { method, input, steps } of [...budgeted].sort(sourcesFirst)) {
    const overrides = { ...input.overrides, ...(steps === null || steps === 0 ? {} : { steps }) };
    const backbone = await backboneOf(input);
    const runs = Array.from({ length: asked.seeds }, (_, seed) => ({
      runId: startRun({ ...input, overrides, seed }, ports, backbone),
      seed,
    }));
    planned.push({ method, steps, runs });
  }
  planned.sort((a, b) => placeOf(asked, a.method) - placeOf(asked, b.method));
  return ports.database.transact((writer) => {
    const { snapshotHash } = findRun(writer, planned[0]!.runs[0]!.runId)!;
    const { dataset, preset, specimen, engine } = asked;
    const plan = { dataset, snapshotHash, preset, specimen, engine, budget: budgetOf(asked) };
    return addComparison(writer, { ...plan, methods: planned }, ports.now().toISOString());
  });
}

function budgetOf({ steps, minutes }: ComparisonInput): ComparisonBudget {
  if (minutes !== undefined) return { minutes };
  return steps === undefined ? { preset: true } : { steps };
}

/** What can fail for one method alone comes first, so that no run is stored for a comparison that is refused. */
function sourcesFirst(a: AskedMethod, b: AskedMethod): number {
  return b.input.outliers.length - a.input.outliers.length;
}

function placeOf({ methods }: ComparisonInput, name: string): number {
  return methods.findIndex((method) => method === name);
}

/** The settings, outliers and shifts that a method takes. */
function inputOf(method: StartName, asked: ComparisonInput): TrainInput {
  const { dataset, preset, specimen, engine, acceptOverlaps, outliers, shifts } = asked;
  const open = openSettings(method);
  const own = Object.entries(asked.overrides).filter(([name]) => Object.hasOwn(open, name));
  return trainInput.parse({
    ...{ dataset, preset, specimen, engine, acceptOverlaps, method },
    overrides: Object.fromEntries(own),
    outliers: takesSources(method) ? outliers : [],
    shifts: takesShifts(method) ? shifts : [],
  });
}

/** Throws `unknown-option` for a setting that none of the methods has, and `bad-input` for one that is chosen. */
function assertOverrides({ overrides, methods }: ComparisonInput): void {
  for (const name of Object.keys(overrides)) {
    if (name === 'rankBy' || name === 'steps' || name === 'epochs') {
      throw new Failure(
        'bad-input',
        name === 'rankBy'
          ? 'A comparison chooses the score of each method on validation data. Leave rankBy out.'
          : `All methods of a comparison have the same budget. Leave ${name} out, and name steps or minutes.`,
      );
    }
    if (methods.some((method) => Object.hasOwn(openSettings(method), name))) continue;
    throw new Failure(
      'unknown-option',
      `None of the methods ${methods.join(', ')} has a setting "${name}".`,
    );
  }
}

/** Throws `bad-input` and `unknown-option`. */
function assertResolves(method: StartName, input: TrainInput): void {
  const { preset, specimen, overrides, outliers, shifts } = input;
  const settings = resolveSettings({ preset, specimen, method, overrides });
  const isLeftOpen = outliers.length + shifts.length === 0;
  const used = isLeftOpen ? standardShifts(method).length : shifts.length;
  checkOutliers(method, outliers.length, used, settings);
}

/** Throws `too-few-images` with what is missing. */
function assertComparable(all: readonly DatasetItem[], dataset: string): void {
  const held = all.filter(isCalibrationNormal).length;
  const normals = all.filter(({ role, split }) => role === 'normal' && split === 'test').length;
  const anomalies = all.filter(
    ({ role, split }) => role === 'anomaly' && split !== 'calibrate',
  ).length;
  if (held < fewestNormals) {
    throw new Failure(
      'too-few-images',
      `Comparing methods needs at least ${fewestNormals} normal images with the split calibrate, on which ` +
        `their scores are chosen; "${dataset}" has ${held}. Give more normal images to calibration.`,
    );
  }
  if (normals >= fewestTested && anomalies >= fewestTested) return;
  throw new Failure(
    'too-few-images',
    `Comparing methods needs ${fewestTested} or more normal images with the split test and as many anomalies ` +
      `to test on; "${dataset}" has ${normals} and ${anomalies}.`,
  );
}

/** 0 of a method that takes none; null: those of the preset. */
async function stepsOf(
  { method, input }: AskedMethod,
  { steps, minutes }: ComparisonInput,
  stop: Stop,
  ports: StartComparisonPorts,
): Promise<number | null> {
  if (!isTrained(method)) return 0;
  if (minutes === undefined) return steps ?? null;
  const { stepMilliseconds } = await estimateRun(input, stop, ports);
  return Math.max(1, Math.floor((minutes * 60_000) / stepMilliseconds));
}
