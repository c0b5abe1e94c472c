// Compares what was measured of a batch with the same of the training normals.

import type { ComparedMeasure } from '#contract/batch.ts';
import { kolmogorovDistance, kolmogorovPValue } from '#domain/batches/kolmogorov.ts';
import { measureNames, type ImageMeasures } from '#domain/batches/measures.ts';
import { holm } from '#domain/metrics/holm.ts';

const bins = 24;

/** Both: so improbable among images acquired alike, and so far apart. */
const differing = { pValue: 1e-3, distance: 0.5 } as const;

/**
 * Measures that either side lacks are left out. On neutrophils of the sample’s source, distances between parts
 * of one source are below 0.3, and those to another microscope and stain 0.7 to 0.99.
 */
export function compareMeasures(
  batch: readonly ImageMeasures[],
  training: readonly ImageMeasures[],
): ComparedMeasure[] {
  const compared = measureNames.flatMap((name) => {
    const ones = valuesOf(batch, name);
    const others = valuesOf(training, name);
    if (ones.length === 0 || others.length === 0) return [];
    const distance = kolmogorovDistance(ones, others);
    const pValue = kolmogorovPValue(distance, ones.length, others.length);
    return [{ name, distance, pValue, ones, others }];
  });
  const corrected = holm(compared.map(({ pValue }) => pValue));
  return compared.map(({ name, distance, ones, others }, at) => ({
    ...{ name, distance },
    differs: distance >= differing.distance && corrected[at]! < differing.pValue,
    ...histograms(ones, others),
  }));
}

/** Whether most images of the batch have a depth or number of channels that hardly any training normal has. */
export function depthDiffers(batch: readonly string[], training: readonly string[]): boolean {
  if (batch.length === 0 || training.length === 0) return false;
  const share = (all: readonly string[], kind: string) =>
    all.filter((other) => other === kind).length / all.length;
  return [...new Set(batch)].some(
    (kind) => share(batch, kind) > 0.5 && share(training, kind) < 0.05,
  );
}

function valuesOf(images: readonly ImageMeasures[], name: ComparedMeasure['name']): Float64Array {
  return Float64Array.from(images.flatMap(({ [name]: value }) => value ?? [])).sort();
}

function histograms(
  ones: Float64Array,
  others: Float64Array,
): Pick<ComparedMeasure, 'low' | 'high' | 'batch' | 'training'> {
  const low = Math.min(ones[0]!, others[0]!);
  const top = Math.max(ones.at(-1)!, others.at(-1)!);
  const high = top > low ? top : low + 1;
  const counted = (values: Float64Array) => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of values) {
      counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]!++;
    }
    return counts;
  };
  return { low, high, batch: counted(ones), training: counted(others) };
}
