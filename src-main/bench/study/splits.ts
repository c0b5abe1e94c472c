// Seeded parts of a set: which images train, which validate, which test. Where groups are known, a whole
// group is on one side.

import { RandomStream, purpose } from '#domain/random.ts';
import type { StudyImage, StudySet } from './study-sets.ts';

/** Indices of images. */
export interface Split {
  readonly train: readonly number[];
  /** Normals that do not train. */
  readonly validNormals: readonly number[];
  /** Of half of the other types, from the training part. */
  readonly validAnomalies: readonly number[];
  readonly testNormals: readonly number[];
  readonly testAnomalies: readonly number[];
}

/** Part of the training normals that validate. */
const validPart = 0.2;
/** Part of the images that test where the archive does not say. */
const testPart = 1 / 3;
/** Anomalies that validate, at most. */
const mostKnown = 400;
/** Fewer leave a type out for this seed; `test` is also for validation. */
const fewest = { train: 20, test: 5 } as const;

export interface Task {
  readonly name: string;
  /** The types that are normal. */
  readonly normal: readonly string[];
}

/** What is normal in turn: what the card joins, and each type alone; of these those named, if any are. */
export function tasksOf(
  { images, card }: Pick<StudySet, 'images' | 'card'>,
  named?: readonly string[],
): Task[] {
  const labels = [...new Set(images.map(({ label }) => label))].sort();
  const all: Task[] = [
    ...Object.entries(card.together).map(([name, normal]) => ({ name, normal })),
    ...labels.map((label) => ({ name: label, normal: [label] })),
  ];
  return named === undefined ? all : all.filter(({ name }) => named.includes(name));
}

/** null where too few normals train or test. `most`: normals that train, at most. */
export function splitOf(
  set: Pick<StudySet, 'images' | 'card'>,
  normal: readonly string[],
  seed: number,
  most: number,
): Split | null {
  const { images } = set;
  const parts = partsOf(images, seed);
  const isTest = parts.map((part) => part === 'test');
  const isNormal = images.map(({ label }) => normal.includes(label));
  const indices = [...images.keys()];
  const stream = new RandomStream(seed, purpose.split, 1);
  const own = shuffled(
    indices.filter((index) => isNormal[index] && !isTest[index]),
    stream,
  );
  // A part that is named holds whole groups; without groups the first of a seeded order validate.
  const unnamed = own.filter((index) => parts[index] === null);
  const drawn = new Set(unnamed.slice(0, Math.round(validPart * unnamed.length)));
  const isValid = (index: number) => parts[index] === 'valid' || drawn.has(index);
  const train = own
    .filter((index) => !isValid(index))
    .slice(0, most)
    .sort((a, b) => a - b);
  const validNormals = own.filter(isValid);
  const others = [...new Set(images.map(({ label }) => label))]
    .filter((label) => !normal.includes(label))
    .sort();
  const known = new Set(shuffled(others, stream).slice(0, Math.ceil(others.length / 2)));
  const testNormals = indices.filter((index) => isNormal[index] && isTest[index]);
  if (train.length < Math.min(most, fewest.train)) return null;
  if (Math.min(testNormals.length, validNormals.length) < fewest.test) return null;
  return {
    train,
    validNormals,
    validAnomalies: shuffled(
      indices.filter((index) => !isTest[index] && known.has(images[index]!.label)),
      stream,
    ).slice(0, mostKnown),
    testNormals,
    testAnomalies: indices.filter((index) => !isNormal[index] && isTest[index]),
  };
}

type Part = 'train' | 'valid' | 'test' | null;

/** null: trains or validates, which is drawn among the normals. */
function partsOf(images: readonly StudyImage[], seed: number): readonly Part[] {
  if (images[0]!.part !== null) return images.map(({ part }) => (part === 'test' ? 'test' : null));
  const stream = new RandomStream(seed, purpose.split, 0);
  return images[0]!.group === '' ? ofTypes(images, stream) : ofGroups(images, stream);
}

/** The same part of each type. */
function ofTypes(images: readonly StudyImage[], stream: RandomStream): readonly Part[] {
  const parts = images.map((): Part => null);
  for (const label of [...new Set(images.map((image) => image.label))].sort()) {
    const own = shuffled(
      [...images.keys()].filter((index) => images[index]!.label === label),
      stream,
    );
    for (const index of own.slice(0, Math.ceil(testPart * own.length))) parts[index] = 'test';
  }
  return parts;
}

/** Whole groups test until they are a third of all images, then others validate. */
function ofGroups(images: readonly StudyImage[], stream: RandomStream): readonly Part[] {
  const sizes = new Map<string, number>();
  for (const { group } of images) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const ends = [testPart, testPart + validPart * (1 - testPart)].map((end) => end * images.length);
  const parts = new Map<string, Part>();
  let count = 0;
  for (const group of shuffled([...sizes.keys()].sort(), stream)) {
    parts.set(group, count < ends[0]! ? 'test' : count < ends[1]! ? 'valid' : 'train');
    count += sizes.get(group)!;
  }
  return images.map(({ group }) => parts.get(group)!);
}

function shuffled<T>(items: readonly T[], stream: RandomStream): T[] {
  return [...stream.permutation(items.length)].map((place) => items[place]!);
}
