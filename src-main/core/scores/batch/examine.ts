// Examines a batch before its flags are believed: are more images above the line than the budget explains, and
// do the images look as those do that the model learnt?

import type {
  BatchExamination,
  BatchPart,
  BatchVerdict,
  ComparedMeasure,
  FlaggedShare,
} from '#contract/batch.ts';
import type { Threshold } from '#contract/core.ts';
import { flaggedByChance } from '#domain/batches/flagged-excess.ts';
import type { Difference } from '#domain/batches/measures.ts';
import { holm } from '#domain/metrics/holm.ts';
import type { Stop } from '#domain/stop.ts';
import { datasetNamed, isTrainingNormal } from '../../runs/run-items.ts';
import type { Reader } from '../../store/database.ts';
import { imageDepths } from '../../store/images/image-measures.ts';
import { findOwnLine } from '../../store/runs/batch-lines.ts';
import type { RankedItem } from '../../store/runs/ranking.ts';
import { snapshotItems } from '../../store/runs/snapshots.ts';
import { testedImages, type ScoreRequest } from '../guarantee/tested-images.ts';
import { sample } from '../sample.ts';
import { compareMeasures, depthDiffers } from './compare-measures.ts';
import { lineOf } from './line.ts';
import { measureImages, type MeasurePorts } from './measure-images.ts';
import { batchSentence } from './sentence.ts';

/** Images measured of the batch, of the training normals, and of each part that has too many flags. */
const most = { batch: 300, training: 300, part: 60 } as const;

/** Parts that are measured; all are tested. */
const mostParts = 12;

/** Fewer images than this tell nothing about how they were acquired. */
const fewest = 5;

/** Far above the budget: so improbable, and this many times as many as expected. */
const farAbove = { chance: 1e-3, times: 1.5 } as const;

/** So many measures differ that no flag is needed to call a batch foreign. */
const manyDiffer = 3;

const examples = 5;

interface Found {
  readonly scoreName: string;
  readonly batch: readonly RankedItem[];
  readonly trainingIds: readonly number[];
  readonly hashes: ReadonlyMap<number, string>;
  readonly share: ((some: readonly RankedItem[]) => FlaggedShare) | null;
  readonly line: BatchExamination['line'];
  readonly seed: number;
}

/**
 * null before images of the batch are scored. The same images and scores give the same answer. Throws
 * `not-found`, `unknown-option`, `stopped` and `disk-full`.
 */
export async function examineBatch(
  request: ScoreRequest,
  stop: Stop,
  ports: MeasurePorts,
): Promise<BatchExamination | null> {
  const found = ports.database.read((reader) => findBatch(reader, request));
  if (found.batch.length === 0) return null;
  const { scoreName, batch, line, hashes } = found;
  const measure = (imageIds: readonly number[]) => measureImages(imageIds, stop, ports);
  const sampled = sample(batch, most.batch, found.seed, 0).map(({ imageId }) => imageId);
  const training = found.trainingIds;
  const ofTraining = [...(await measure(training)).values()];
  const ofBatch = [...(await measure(sampled)).values()];
  const isEnough = ofTraining.length >= fewest && ofBatch.length >= fewest;
  const measures = isEnough ? compareMeasures(ofBatch, ofTraining) : [];
  const depths = (ids: readonly number[]) =>
    ports.database.read((reader) => imageDepths(reader, ids));
  const differing = differencesOf(measures, depthDiffers(depths(sampled), depths(training)));
  const share = found.share?.(batch) ?? null;
  const { by, parts } = await examineParts(found, async (ids) => {
    const own = [...(await measure(ids)).values()];
    const compared = own.length < fewest ? [] : compareMeasures(own, ofTraining);
    return differencesOf(compared, depthDiffers(depths(ids), depths(training)));
  });
  const isForeign =
    line === 'model' &&
    (differing.length >= manyDiffer || (differing.length > 0 && share?.isFarAbove === true));
  const hasMany = share?.isFarAbove === true || parts.length > 0;
  const verdict: BatchVerdict = isForeign ? 'foreign' : hasMany ? 'many' : 'quiet';
  const facts = { share, verdict, differing, by, parts, line, measured: isEnough };
  return {
    ...{ scoreName, images: batch.length, share, verdict, differing, measures, by, parts, line },
    sentence: batchSentence(facts),
    measured: { batch: ofBatch.length, training: ofTraining.length },
    examples: {
      batch: sampled.slice(0, examples).map((id) => hashes.get(id)!),
      training: training.slice(0, examples).map((id) => hashes.get(id)!),
    },
  };
}

function findBatch(reader: Reader, request: ScoreRequest): Found {
  const { trained, scoreName, heldOut, unseen } = testedImages(reader, request);
  const { run, config } = trained;
  const threshold = lineOf(reader, request, scoreName);
  const normals = snapshotItems(reader, run.snapshotId).filter(isTrainingNormal);
  const known = sample(normals, most.training, config.seed, 1);
  const batch = unseen.filter(({ role }) => role === 'normal' || role === 'unlabelled');
  const own = findOwnLine(reader, request.modelId, datasetNamed(reader, request.dataset));
  return {
    ...{ scoreName, batch, line: own ?? 'model', seed: config.seed },
    trainingIds: known.map(({ imageId }) => imageId),
    hashes: new Map([...known, ...batch].map(({ imageId, hash }) => [imageId, hash])),
    share:
      threshold === null || heldOut.length === 0
        ? null
        : (some) => shareOf(some, threshold, heldOut),
  };
}

function shareOf(
  some: readonly RankedItem[],
  { anomalyScore, falseAlarms }: Threshold,
  heldOut: readonly { readonly raw: number }[],
): FlaggedShare {
  const isAbove = ({ raw }: { readonly raw: number }) => -raw > anomalyScore;
  const [images, flagged] = [some.length, some.filter(isAbove).length];
  const above = heldOut.filter(isAbove).length;
  const chance = flaggedByChance({ flagged, images, above, heldOut: heldOut.length });
  const expectedShare = Math.max(falseAlarms, above / heldOut.length);
  const isFarAbove = chance < farAbove.chance && flagged > farAbove.times * expectedShare * images;
  return { images, flagged, expectedShare, chance, isFarAbove };
}

function differencesOf(measures: readonly ComparedMeasure[], isDepth: boolean): Difference[] {
  const names = measures.filter(({ differs }) => differs).map(({ name }) => name);
  return isDepth ? [...names, 'depth'] : names;
}

/** Each group or domain against the line; those with too many flags against the training normals too. */
async function examineParts(
  { batch, share, seed }: Found,
  differences: (imageIds: readonly number[]) => Promise<readonly Difference[]>,
): Promise<Pick<BatchExamination, 'by' | 'parts'>> {
  const by = batch.some(({ domain }) => domain !== null)
    ? 'domain'
    : batch.some(({ group }) => group !== null)
      ? 'group'
      : null;
  if (by === null || share === null) return { by, parts: [] };
  const named = [...Map.groupBy(batch, (image) => image[by])].flatMap(([name, images]) =>
    name === null ? [] : [{ name, images, ...{ own: share(images) } }],
  );
  const chances = holm(named.map(({ own }) => own.chance));
  const many = named
    .map((part, at) => ({ ...part, chance: chances[at]! }))
    .filter(({ own, chance }) => own.isFarAbove && chance < farAbove.chance)
    .sort((a, b) => a.chance - b.chance || b.own.flagged - a.own.flagged);
  const parts: BatchPart[] = [];
  for (const [at, { name, images, own, chance }] of many.entries()) {
    const some = sample(images, most.part, seed, 2 + at).map(({ imageId }) => imageId);
    const differing = at < mostParts ? await differences(some) : [];
    parts.push({ name, ...own, chance, differing });
  }
  return { by, parts };
}
