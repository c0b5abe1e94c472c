// The parts of a study's sets: seeded, disjoint, whole groups on one side.

import { describe, expect, it } from 'vitest';
import { splitOf, tasksOf, type Split } from '#bench/study/splits.ts';
import { imageOf, setCards, type SetCard, type StudyImage } from '#bench/study/study-sets.ts';

const card: SetCard = setCards.pbc8;

/** 40 images of each type, in four groups of a type, or in the archive's parts. */
function set(how: 'groups' | 'parts' | 'neither', types = ['a', 'b', 'c', 'd', 'e']) {
  const images = types.flatMap((label) =>
    Array.from({ length: 60 }, (_, index): StudyImage => ({
      label,
      part: how === 'parts' ? (index < 45 ? 'train' : 'test') : null,
      group: how === 'groups' ? `plate${index % 12}` : '',
    })),
  );
  return { images, card };
}

function parts(split: Split): readonly (readonly number[])[] {
  const { train, validNormals, validAnomalies, testNormals, testAnomalies } = split;
  return [train, validNormals, validAnomalies, testNormals, testAnomalies];
}

describe('splitOf', () => {
  it.each(['groups', 'parts', 'neither'] as const)('shares no image between parts: %s', (how) => {
    const all = parts(splitOf(set(how), ['a'], 1, 500)!);
    expect(new Set(all.flat()).size).toBe(all.flat().length);
    expect(all.every((part) => part.length > 0)).toBe(true);
  });

  it('trains on normals alone, and tests all of the test part', () => {
    const { images } = set('parts');
    const split = splitOf(set('parts'), ['a'], 0, 500)!;
    expect(split.train.every((index) => images[index]!.label === 'a')).toBe(true);
    expect(split.train).toHaveLength(36);
    expect(split.validNormals).toHaveLength(9);
    const tested = [...split.testNormals, ...split.testAnomalies];
    expect(tested.sort((a, b) => a - b)).toEqual(
      [...images.keys()].filter((index) => images[index]!.part === 'test'),
    );
  });

  it('validates with half of the other types, never with test images', () => {
    const { images } = set('parts');
    const { validAnomalies } = splitOf(set('parts'), ['a'], 3, 500)!;
    expect(new Set(validAnomalies.map((index) => images[index]!.label)).size).toBe(2);
    expect(validAnomalies.every((index) => images[index]!.part === 'train')).toBe(true);
  });

  it('puts a group on one side for the normals', () => {
    const { images } = set('groups');
    const { train, validNormals, testNormals } = splitOf(set('groups'), ['b'], 2, 500)!;
    const groups = [train, validNormals, testNormals].map(
      (part) => new Set(part.map((index) => images[index]!.group)),
    );
    const all = groups.flatMap((part) => [...part]);
    expect(new Set(all).size).toBe(all.length);
  });

  it('follows from the seed, and takes no more normals than asked', () => {
    const [first, again, other] = [5, 5, 6].map((seed) =>
      splitOf(set('neither'), ['c'], seed, 20)!,
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first!.train).toHaveLength(20);
  });

  it('leaves out a type with too few normals', () => {
    const images = set('neither').images.filter(({ label }, at) => label !== 'a' || at % 4 === 0);
    expect(splitOf({ images, card }, ['a'], 0, 500)).toBeNull();
  });
});

describe('tasksOf', () => {
  it('has each type alone, and first what is normal together', () => {
    const { images } = set('neither', ['G1', 'S_phase', 'G2', 'Prophase']);
    const tasks = tasksOf({ images, card: setCards.jurkat });
    expect(tasks.map(({ name }) => name)).toEqual([
      'interphase',
      'G1',
      'G2',
      'Prophase',
      'S_phase',
    ]);
    expect(tasks[0]!.normal).toEqual(['G1', 'S_phase', 'G2']);
  });
});

describe('imageOf', () => {
  it('reads type, part and plate from the name of a member', () => {
    const plate = 'mitocheck_64/Grape/PLLT0023_04--ex2005_09_09--tt17--c4___P1___img.png';
    expect(imageOf(plate, setCards.mitocheck)).toEqual({
      ...{ label: 'Grape', part: null, group: 'PLLT0023_04' },
    });
    expect(imageOf('pbc8_64/test/ig/PMY_1.jpg', setCards.pbc8)).toEqual({
      ...{ label: 'ig', part: 'test', group: '' },
    });
    expect(imageOf('pbc8_64/LICENSE.txt', setCards.pbc8)).toBeNull();
  });
});
