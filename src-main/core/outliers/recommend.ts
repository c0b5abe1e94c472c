// The mix of outliers that a training takes by default: shifts that the advisor finds usable, and the sources that
// are there, by number of images.

import type { z } from 'zod';
import type { OutlierBudgetReport, outlierMethods, RecommendedMix } from '#contract/outlier.ts';
import { Failure } from '#domain/failure.ts';
import { part } from '#domain/figures.ts';
import { weightsByCount } from '#domain/outlier-weights.ts';
import { standardShifts, takesShifts, takesSources } from '#domain/run-outliers.ts';
import { mostRecommended, recommendedShifts, type JudgedShift } from '#domain/shift-advice.ts';
import { shiftNames, shiftTable, type ShiftName } from '#domain/shift-table.ts';
import type { Stop } from '#domain/stop.ts';
import type { FeatureCache } from '../features/feature-cache.ts';
import { datasetNamed, servesAsOutlier } from '../runs/run-items.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import type { AdvicePorts } from './advice-request.ts';
import { adviseOnShifts } from './advice.ts';
import { outlierBudgetOf } from './budget.ts';

type MixPorts = AdvicePorts & { readonly cache: FeatureCache };

type Request = z.output<(typeof outlierMethods)['mix.recommend']['input']>;

const strength = 0.5;

/** Throws `not-found`, `stopped`, `link-closed`, and what computing throws. */
export async function recommendMix(
  request: Request,
  stop: Stop,
  ports: MixPorts,
): Promise<RecommendedMix> {
  const { method } = request;
  const harm = takesSources(method) ? await harmfulSources(request, stop, ports) : [];
  const isHarmless = (name: string) => harm.every((source) => source.name !== name);
  const names = takesSources(method) ? request.sources.filter(isHarmless) : [];
  const outliers = chooseSources(names, ports.database);
  const leftOut = harm.map(({ sentence }) => ` ${sentence}`).join('');
  const ofSources =
    outliers.length === 0
      ? leftOut
      : `${leftOut} Outlier sources by number of images: ${outliers.map(({ name, weight }) => `${name} (weight ${weight})`).join(', ')}.`;
  if (!takesShifts(method)) {
    const sentence = ofSources.trim() || 'This method takes no shifts.';
    return { basis: 'standard', outliers, shifts: [], sentence };
  }
  const { basis, names: chosen, why } = await chooseShifts(request, stop, ports);
  // As often together as all sources together.
  const weight = Number((Math.max(1, outliers.length) / Math.max(1, chosen.length)).toPrecision(3));
  return {
    ...{ basis, outliers },
    shifts: chosen.map((name) => ({ name, weight, strength })),
    sentence: `${why}${ofSources}`,
  };
}

/** Sources that make the detection of known anomalies worse; none where too few are known. Throws as the budget. */
async function harmfulSources(
  { dataset, specimen, sources }: Request,
  stop: Stop,
  ports: MixPorts,
): Promise<readonly OutlierBudgetReport['sources'][number][]> {
  if (sources.length === 0) return [];
  try {
    const asked = { dataset, specimen, sources, seed: 0 };
    const { sources: measured } = await outlierBudgetOf(asked, stop, ports);
    return measured.filter(({ effect }) => effect === 'harms');
  } catch (error) {
    if (error instanceof Failure && error.code === 'too-few-images') return [];
    throw error;
  }
}

function chooseSources(names: readonly string[], database: ProjectDatabase) {
  const counts = database.read((reader) =>
    names.map((name) => items(reader, datasetNamed(reader, name)).filter(servesAsOutlier).length),
  );
  const weights = weightsByCount(counts);
  return names.flatMap((name, at) => (counts[at] === 0 ? [] : [{ name, weight: weights[at]! }]));
}

interface Chosen {
  readonly basis: RecommendedMix['basis'];
  readonly names: readonly string[];
  readonly why: string;
}

async function chooseShifts(
  { dataset, specimen, method }: Request,
  stop: Stop,
  ports: AdvicePorts,
): Promise<Chosen> {
  const standard = standardShifts(method);
  try {
    const shifts = shiftNames.map((name) => ({ name, strength }));
    const asked = { dataset, specimen, shifts, seed: 0, withModel: false };
    const advice = await adviseOnShifts(asked, stop, ports);
    const names = recommendedShifts(advice.shifts);
    if (names.length > 0) {
      return { basis: 'advice', names, why: reasonOf(names, advice.shifts, advice.images) };
    }
    const why = `The usual shifts (${titles(standard)}): for this specimen every shift looks normal to a frozen network.`;
    return { basis: 'standard', names: standard, why };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'too-few-images') throw error;
    const why = `The usual shifts (${titles(standard)}), because nothing could be measured: ${error.message}`;
    return { basis: 'standard', names: standard, why };
  }
}

function reasonOf(
  names: readonly string[],
  judged: readonly JudgedShift[],
  images: number,
): string {
  const of = (decision: JudgedShift['decision']) =>
    judged.filter((shift) => shift.decision === decision).map(({ name }) => name);
  const [normal, easy] = [of('normal'), of('easy')];
  const chosen = judged.filter(({ name }) => names.includes(name)).map(({ plain }) => plain);
  const range = `${part(Math.min(...chosen))} to ${part(Math.max(...chosen))}`;
  const isEasy = easy.includes(names[0]!);
  const kind = isEasy
    ? 'no shift is harder for a frozen network'
    : `of the usable shifts, those that a frozen network separates best from ${images} normal images ` +
      `(AUROC ${range}; at most ${mostRecommended})`;
  return (
    `Shifts ${titles(names)}: ${kind}. ` +
    `Left out: ${normal.length === 0 ? 'none' : titles(normal)} as normal for this specimen` +
    `${easy.length === 0 || isEasy ? '' : `, ${easy.length} others as too easy`}.`
  );
}

function titles(names: readonly string[]): string {
  return names.map((name) => shiftTable[name as ShiftName].title).join(', ');
}
