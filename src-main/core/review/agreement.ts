// How far two reviewers agree who judged the same images independently, and where they do not.

import type { Agreement, Disagreement } from '#contract/reviewing/agreement.ts';
import type { StandingVerdict } from '#contract/image.ts';
import { Failure } from '#domain/failure.ts';
import { cohensKappa } from '#domain/metrics/raters/kappa.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { Reader } from '../store/database.ts';
import { shownAddress } from '../store/images/addresses.ts';
import { reviewedItems } from '../store/images/datasets.ts';
import { readings, resolutions, type Resolution, type StoredReading } from '../store/readings.ts';

const verdicts: readonly StandingVerdict[] = ['normal', 'anomalous', 'unsure'];

/** Throws `not-found`. */
export function reviewersOf(
  reader: Reader,
  dataset: string,
): { readonly reviewer: string; readonly images: number }[] {
  const inDataset = judgedImages(reader, dataset);
  const given = readings(reader).filter(({ imageId }) => inDataset.has(imageId));
  return [...Map.groupBy(given, ({ reviewer }) => reviewer)]
    .map(([reviewer, own]) => ({ reviewer, images: own.length }))
    .sort((a, b) => b.images - a.images || (a.reviewer < b.reviewer ? -1 : 1));
}

/** Throws `not-found`, and `bad-input` for one and the same reviewer. */
export function agreementOf(
  reader: Reader,
  dataset: string,
  reviewers: readonly [string, string],
): Agreement {
  const [first, second] = reviewers;
  if (first === second) {
    throw new Failure('bad-input', 'Agreement needs two different reviewers. Name another one.');
  }
  const hashes = judgedImages(reader, dataset);
  const given = readings(reader).filter(({ imageId }) => hashes.has(imageId));
  const of = (name: string) =>
    new Map(given.filter(({ reviewer }) => reviewer === name).map((own) => [own.imageId, own]));
  const [ofFirst, ofSecond] = [of(first), of(second)];
  const pairs = [...ofFirst].flatMap(
    ([imageId, one]): (readonly [StoredReading, StoredReading])[] => {
      const other = ofSecond.get(imageId);
      return other === undefined ? [] : [[one, other]];
    },
  );
  const table = verdicts.map((row) =>
    verdicts.map(
      (column) =>
        pairs.filter(([one, other]) => one.verdict === row && other.verdict === column).length,
    ),
  );
  const found = cohensKappa(table);
  const apart = pairs.filter(([one, other]) => one.verdict !== other.verdict);
  return {
    ...{ reviewers, images: pairs.length, agreed: pairs.length - apart.length, table },
    ...{ kappa: found?.kappa ?? null, kappa95: found?.interval95 ?? null },
    disagreements: disagreements(reader, datasetNamed(reader, dataset), apart, hashes),
  };
}

/** Hashes by image, of the images of a dataset that have been judged at some time. */
function judgedImages(reader: Reader, dataset: string): ReadonlyMap<number, string> {
  const items = reviewedItems(reader, datasetNamed(reader, dataset));
  return new Map(items.map(({ imageId, hash }) => [imageId, hash]));
}

function disagreements(
  reader: Reader,
  datasetId: number,
  apart: readonly (readonly [StoredReading, StoredReading])[],
  hashes: ReadonlyMap<number, string>,
): Disagreement[] {
  const settled = resolutions(reader);
  return apart
    .map(([one, other]): Disagreement => {
      const { imageId } = one;
      const hash = hashes.get(imageId)!;
      return {
        ...{ imageId, hash, path: shownAddress(reader, datasetId, imageId) ?? hash },
        readings: [readingOf(one), readingOf(other)],
        resolved: resolvedAs(settled.get(imageId), Math.max(one.order, other.order)),
      };
    })
    .sort(
      (a, b) => Number(a.resolved !== null) - Number(b.resolved !== null) || a.imageId - b.imageId,
    );
}

function readingOf({ verdict, category, note }: StoredReading): Disagreement['readings'][0] {
  return { verdict, category, note };
}

/** A reading written after the resolution reopens the disagreement. */
function resolvedAs(found: Resolution | undefined, readUntil: number): Disagreement['resolved'] {
  if (found === undefined || found.order < readUntil) return null;
  return { verdict: found.verdict, by: found.by };
}
