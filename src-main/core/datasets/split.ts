// Splits normal images into train, calibrate and test. Whole groups (patient, slide, plate) stay on
// one side. A side depends on nothing but the seed and the group's name (or, without groups, the
// image's hash), so images added later never move earlier ones.

import { createHash } from 'node:crypto';
import type { Role, Split } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { purpose, RandomStream } from '#domain/random.ts';

export type Side = 'train' | 'calibrate' | 'test';

/** Shares of the whole; they sum to 1. */
export type Shares = Readonly<Record<Side, number>>;

export const standardShares: Shares = { train: 0.7, calibrate: 0.15, test: 0.15 };

/** Of any three non-negative numbers. Throws `bad-input` when they sum to 0. */
export function sharesOf(parts: readonly [number, number, number]): Shares {
  const sum = parts[0] + parts[1] + parts[2];
  if (!(sum > 0)) {
    throw new Failure(
      'bad-input',
      'The shares of train, calibrate and test are all zero. Give for instance 70, 15 and 15.',
    );
  }
  return { train: parts[0] / sum, calibrate: parts[1] / sum, test: parts[2] / sum };
}

/** The unit that stays together: the group, or a single image without one. */
export function splitUnit(group: string | null, hash: string): string {
  return group === null ? `image ${hash}` : `group ${group}`;
}

/** Uniform in [0, 1): a pure function of seed and unit. */
export function splitPosition(seed: number, unit: string): number {
  const digest = createHash('sha256').update(unit).digest();
  const word = (i: number) => digest.readUInt32LE(4 * i);
  return new RandomStream(seed, purpose.split, word(0), word(1), word(2)).uniform();
}

/** The side of a normal image for which the user gave none. */
export function automaticSide(seed: number, unit: string, shares: Shares): Side {
  const position = splitPosition(seed, unit);
  if (position < shares.train) return 'train';
  return position < shares.train + shares.calibrate ? 'calibrate' : 'test';
}

/** Share of the training normals held out for the threshold when the user gave no side for it. */
export function carveCalibrate(seed: number, unit: string, share: number): Side {
  return splitPosition(seed, unit) < 1 - share ? 'train' : 'calibrate';
}

/** The side of images that are not split: only normals are needed on every side. */
export function splitOfRole(role: Exclude<Role, 'normal'>): Split {
  switch (role) {
    case 'outlier':
      return 'train';
    case 'anomaly':
      return 'test';
    case 'unlabelled':
      return 'none';
  }
}

export interface SplitNormal {
  readonly imageId: number;
  readonly unit: string;
  readonly split: Split;
}

/**
 * With few groups, a random split may leave a side empty. Moves, for each empty side of `wanted`, the training
 * unit among the `movable` ones whose position is nearest to the side's, but never the last training
 * unit. Returns the changes by image.
 */
export function fillEmptySides(
  normals: readonly SplitNormal[],
  wanted: readonly Side[],
  movable: ReadonlySet<string>,
  seed: number,
): Map<number, Side> {
  const sideOfUnit = new Map(normals.map(({ unit, split }) => [unit, split]));
  const changes = new Map<number, Side>();
  for (const side of wanted) {
    if ([...sideOfUnit.values()].includes(side)) continue;
    const training = [...sideOfUnit.keys()].filter((unit) => sideOfUnit.get(unit) === 'train');
    const choice = training.filter((unit) => movable.has(unit));
    if (training.length < 2 || choice.length === 0) continue;
    // Calibrate and test lie at the upper end of the positions.
    const nearest = choice.reduce((best, unit) =>
      splitPosition(seed, unit) > splitPosition(seed, best) ? unit : best,
    );
    sideOfUnit.set(nearest, side);
    for (const normal of normals) if (normal.unit === nearest) changes.set(normal.imageId, side);
  }
  return changes;
}

/** Names of groups with normal images on more than one side; empty in a sound dataset. */
export function groupsOnTwoSides(
  items: Iterable<{ role: Role; group: string | null; split: Split }>,
): string[] {
  const first = new Map<string, Split>();
  const torn = new Set<string>();
  for (const { role, group, split } of items) {
    if (role !== 'normal' || group === null || split === 'none') continue;
    const other = first.get(group);
    if (other === undefined) first.set(group, split);
    else if (other !== split) torn.add(group);
  }
  return [...torn].sort();
}
