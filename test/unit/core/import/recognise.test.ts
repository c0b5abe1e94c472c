import { describe, expect, test } from 'vitest';
import { recogniseLayout } from '#core/import/recognise.ts';

const nothing = { role: null, roleFrom: null, class: null, split: null, isMask: false };

describe('folders', () => {
  test.each([
    ['say nothing', [''], null],
    ['name classes', ['a', 'b/c'], 'class folders'],
    ['name sides', ['train/a', 'test/a'], 'folders for train and test'],
    ['are an MVTec set', ['train/good', 'test/hole'], 'MVTec-style folders'],
  ])('that %s', (_, folders, words) => {
    expect(recogniseLayout(folders).words).toBe(words);
  });

  test('are read without regard to capitals, with the usual words for sides', () => {
    const folders = ['Training/x', 'VAL/x', 'validation/x', 'Testing/x', 'calibrate/x'];
    const layout = recogniseLayout(folders);
    expect(folders.map((folder) => layout.place(folder).split)).toEqual([
      'train',
      'calibrate',
      'calibrate',
      'test',
      'calibrate',
    ]);
    expect(layout.splits).toEqual(new Set(['train', 'calibrate', 'test']));
  });

  test('of JavaScript’s own names are only names', () => {
    const layout = recogniseLayout(['constructor', '__proto__', 'toString/good']);
    expect(layout.place('constructor')).toEqual({ ...nothing, class: 'constructor' });
    expect(layout.place('__proto__')).toEqual({ ...nothing, class: '__proto__' });
  });

  test('of defects among the training images are no normals', () => {
    const layout = recogniseLayout(['train/good', 'train/hole', 'test/good']);
    expect(layout.place('train/hole')).toEqual({
      ...nothing,
      role: 'anomaly',
      roleFrom: 'hole',
      class: 'hole',
      split: 'train',
    });
    expect(layout.place('test/good')).toEqual({
      ...nothing,
      role: 'normal',
      roleFrom: 'good',
      class: 'good',
      split: 'test',
    });
  });

  test('of ground truth are masks in every layout, unless masks are taken', () => {
    expect(recogniseLayout(['train/good', 'ground_truth/a']).place('ground_truth/a').isMask).toBe(
      true,
    );
    const folders = ['a', 'ground_truth/a'];
    expect(recogniseLayout(folders).place('ground_truth/a').isMask).toBe(true);
    const taken = recogniseLayout(folders, { takesMasks: true }).place('ground_truth/a');
    expect(taken).toEqual({ ...nothing, class: 'a' });
  });
});

describe('the outermost folder of an archive', () => {
  test('is its name, not a class, unless it names a side or is not alone', () => {
    expect(recogniseLayout(['set/a', 'set/b'], { isPacked: true }).place('set/a').class).toBe('a');
    expect(recogniseLayout(['set'], { isPacked: true }).place('set').class).toBeNull();
    expect(recogniseLayout(['train/a'], { isPacked: true }).place('train/a')).toMatchObject({
      class: 'a',
      split: 'train',
    });
    expect(recogniseLayout(['a', 'b'], { isPacked: true }).place('a').class).toBe('a');
  });
});
