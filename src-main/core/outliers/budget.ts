// How many outliers a dataset needs, and whether a source of them helps: measured on known anomalies with an outlier
// head on cached features of the bundled frozen network, in seconds. Groups are never on both sides.

import type { OutlierBudgetReport } from '#contract/outlier.ts';
import { Failure } from '#domain/failure.ts';
import { part } from '#domain/figures.ts';
import { fewestNormals, resolveSettings, type SpecimenName } from '#domain/run-settings.ts';
import type { Stop } from '#domain/stop.ts';
import type { FoldedImage } from '#worker/contract.ts';
import { Backbones } from '../backbones/backbones.ts';
import { bundledNames } from '../backbones/bundled.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { shardChannels, storedSide, writePixelShards } from '../datasets/pixel-shards.ts';
import type { FeatureCache } from '../features/feature-cache.ts';
import {
  datasetNamed,
  isCalibrationNormal,
  isTrainingNormal,
  servesAsOutlier,
} from '../runs/run-items.ts';
import { frozenSource, readingWith } from '../scores/frozen/backbone-features.ts';
import { withRows } from '../scores/read-out/rows-file.ts';
import { imageFeatures } from '../scores/image-features.ts';
import { sample } from '../scores/sample.ts';
import { shardImages } from '../scores/shard-images.ts';
import type { Reader } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import { withLease } from '../workers/compute.ts';
import type { AdvicePorts } from './advice-request.ts';
import { outlierSources } from './sources.ts';

const mostNormals = 500;
/** Judged images of a kind, and outliers of a source. */
const mostImages = 500;
const folds = 5;
/** Fewer known anomalies say little. */
const fewestAnomalies = 8;

export interface BudgetRequest {
  readonly dataset: string;
  readonly specimen: SpecimenName;
  readonly sources?: readonly string[] | undefined;
  readonly seed: number;
}

/** Throws `not-found`, `too-few-images` with the remedy, `stopped`, and what computing throws. */
export async function outlierBudgetOf(
  request: BudgetRequest,
  stop: Stop,
  { database, folder, compute, cache }: AdvicePorts & { readonly cache: FeatureCache },
): Promise<OutlierBudgetReport> {
  const { dataset, specimen, seed } = request;
  const chosen = database.read((reader) => choose(reader, request));
  const { basis, names, normals, held, anomalies, sources } = chosen;
  const frozen = resolveSettings({ preset: 'quick', specimen, method: 'frozen', overrides: {} });
  const reading = readingWith(frozen);
  const backbone = await new Backbones().find(bundledNames[0]!);
  const ofNormals = await shardImages(database, folder, normals);
  const side = storedSide(backbone.card.input.size, ofNormals);
  const channels = shardChannels(ofNormals);
  // Its window is that of the normals, for the other images as well.
  const { header } = await writePixelShards(
    { images: ofNormals, side, channels },
    { projectFolder: folder, stop },
  );
  const { type, window } = header;
  const all = [...normals, ...held, ...anomalies, ...sources.flat()];
  const images = await shardImages(database, folder, all);
  const pixels = { side, channels, type, window };
  const source = frozenSource(backbone, reading, pixels, compute);
  const features = await imageFeatures(source, images, { folder, compute, cache, stop });
  const read = all.flatMap((item) => features.get(item.hash) ?? []);
  const rowOf = new Map<DatasetItem, number>();
  for (const item of all) if (features.has(item.hash)) rowOf.set(item, rowOf.size);
  const foldOf = foldsOf(anomalies, held);
  const folded = (list: readonly DatasetItem[]): FoldedImage[] =>
    list.flatMap((item) => {
      const row = rowOf.get(item);
      return row === undefined ? [] : [{ row, fold: foldOf(item) }];
    });
  return await withRows(read, { folder, compute }, async (rows) => {
    const task = {
      ...{ features: rows, outputs: backbone.card.outputs, seed },
      pictures: reading.isSeparate ? channels : 1,
      normals: normals.flatMap((item) => rowOf.get(item) ?? []),
      ...{ held: folded(held), anomalies: folded(anomalies), sources: sources.map(folded) },
    };
    const found = await withLease(compute, (lease) => lease.call('outlierBudget', task, stop));
    return report(dataset, basis, names, task, found);
  });
}

function choose(reader: Reader, { dataset, sources: asked, seed }: BudgetRequest) {
  const own = items(reader, datasetNamed(reader, dataset));
  const names =
    asked ?? outlierSources(reader, 0).flatMap((of) => (of.images > 0 ? [of.name] : []));
  const [normals, held] = [own.filter(isTrainingNormal), own.filter(isCalibrationNormal)];
  const isOf = (split: DatasetItem['split']) => (item: DatasetItem) =>
    item.role === 'anomaly' && item.split === split;
  const apart = own.filter(isOf('calibrate'));
  const basis = apart.length >= fewestAnomalies ? ('anomalies' as const) : ('few-shot' as const);
  const anomalies = basis === 'anomalies' ? apart : own.filter(isOf('train'));
  if (normals.length < fewestNormals || held.length < fewestNormals) {
    throw tooFew(
      dataset,
      `${normals.length} normal images for training and ${held.length} for calibration`,
      `at least ${fewestNormals} of each`,
      'Give more normal images to both.',
    );
  }
  if (anomalies.length < fewestAnomalies) {
    throw tooFew(
      ...([dataset, `${anomalies.length} known anomalies that may be used`] as const),
      ...([
        `at least ${fewestAnomalies}`,
        'Give anomalies the split calibrate (they then only decide), or train.',
      ] as const),
    );
  }
  const taken = (list: readonly DatasetItem[], number: number, most = mostImages) =>
    sample(list, most, seed, number);
  return {
    ...{ basis, names, normals: taken(normals, 7, mostNormals) },
    ...{ held: taken(held, 8), anomalies: taken(anomalies, 9) },
    sources: names.map((name, at) =>
      taken(items(reader, datasetNamed(reader, name)).filter(servesAsOutlier), 10 + at),
    ),
  };
}

function tooFew(dataset: string, has: string, needs: string, remedy: string): Failure {
  return new Failure(
    'too-few-images',
    `What outliers add cannot be measured: "${dataset}" has ${has}, and ${needs} are needed. ${remedy}`,
  );
}

/** Whole groups share a fold; an outlier that shares no group or image with a judged one has none. */
function foldsOf(
  anomalies: readonly DatasetItem[],
  held: readonly DatasetItem[],
): (item: DatasetItem) => number | null {
  const keyOf = ({ group, imageId }: DatasetItem) => group ?? imageId;
  const known = new Map<string | number, number>();
  for (const item of [...anomalies, ...held]) {
    const key = keyOf(item);
    if (!known.has(key)) known.set(key, known.size % folds);
    // Outliers made of confirmed anomalies carry no group of their own.
    known.set(item.imageId, known.get(key)!);
  }
  return (item) => known.get(item.imageId) ?? known.get(keyOf(item)) ?? null;
}

function report(
  dataset: string,
  basis: OutlierBudgetReport['basis'],
  names: readonly string[],
  {
    held,
    anomalies,
    sources: rows,
  }: {
    readonly held: readonly unknown[];
    readonly anomalies: readonly unknown[];
    readonly sources: readonly (readonly unknown[])[];
  },
  {
    points,
    sources,
  }: Pick<OutlierBudgetReport, 'points'> & {
    readonly sources: readonly {
      readonly auroc: number;
      readonly difference95: readonly [number, number];
    }[];
  },
): OutlierBudgetReport {
  const none = points[0]!.auroc;
  return {
    ...{ dataset, basis, points },
    counts: { normal: held.length, anomalous: anomalies.length },
    sources: sources.map(({ auroc, difference95 }, at) => {
      const effect = difference95[1] < 0 ? 'harms' : difference95[0] > 0 ? 'helps' : 'unclear';
      const words = {
        harms: 'makes detection worse than no outliers: leave it out',
        helps: 'helps',
        unclear: 'shows no difference from no outliers',
      }[effect];
      const name = names[at]!;
      return {
        ...{ name, images: rows[at]!.length, auroc, difference95, effect },
        sentence: `“${name}” ${words} (AUROC ${part(auroc)}, without outliers ${part(none)}).`,
      };
    }),
  };
}
