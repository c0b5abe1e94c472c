// Which images of an outlier source a training uses when it takes only a share of them: those that a frozen network finds nearest
// to the training normals.

import { resolveSettings, type SpecimenName } from '#domain/run-settings.ts';
import { Backbones } from '../backbones/backbones.ts';
import { bundledNames } from '../backbones/bundled.ts';
import { storedSide, type ShardImage } from '../datasets/pixel-shards.ts';
import {
  featureRows,
  frozenDistances,
  frozenSource,
  readingWith,
} from '../scores/frozen/backbone-features.ts';
import { imageFeatures, type ImageFeaturePorts } from '../scores/image-features.ts';
import { sample } from '../scores/sample.ts';
import type { RunPixels } from '../runs/run-config.ts';

/** Normals that are compared with; of more a seeded sample. */
const mostNormals = 500;

export interface HardChoice {
  readonly specimen: SpecimenName;
  /** Of the images of the source, above 0 … 1. */
  readonly share: number;
  readonly seed: number;
  /** As the run prepares its images. */
  readonly pixels: RunPixels;
}

/**
 * In their order; at least one, and all with a share of 1. Images that cannot be read are left out. Throws what
 * computing features throws, and `too-few-images` where fewer than 8 normals can be read.
 */
export async function hardOutliers(
  images: readonly ShardImage[],
  normals: readonly ShardImage[],
  { specimen, share, seed, pixels }: HardChoice,
  ports: ImageFeaturePorts,
): Promise<readonly ShardImage[]> {
  if (share >= 1) return images;
  const backbone = await new Backbones().find(bundledNames[0]!);
  const frozen = resolveSettings({ preset: 'quick', specimen, method: 'frozen', overrides: {} });
  const reading = readingWith(frozen);
  const compared = sample(normals, mostNormals, seed, 5);
  const side = storedSide(backbone.card.input.size, compared);
  const source = frozenSource(backbone, reading, { ...pixels, side }, ports.compute);
  const ofNormals = await imageFeatures(source, compared, ports);
  const ofImages = await imageFeatures(source, images, ports);
  const read = images.filter(({ hash }) => ofImages.has(hash));
  const pictures = reading.isSeparate ? pixels.channels : 1;
  const rows = [featureRows(compared, ofNormals), featureRows(read, ofImages)] as const;
  const distances = await frozenDistances(backbone.card, pictures, ...rows, ports);
  const count = Math.max(1, Math.round(share * read.length));
  const nearest = [...read.keys()].sort((a, b) => distances[a]! - distances[b]!).slice(0, count);
  return nearest.sort((a, b) => a - b).map((place) => read[place]!);
}
