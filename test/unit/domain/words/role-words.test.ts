import { expect, test } from 'vitest';
import { nearestName } from '#domain/nearest-name.ts';
import { roleMeaning, roleOfName, roleWordsLike, splitMeaning } from '#domain/words/role-words.ts';

test.each([
  [
    'normal',
    ['Good', 'OK', ' control ', 'HEALTHY', 'wt', 'WildType', 'wild_type', 'DMSO', 'Negative'],
  ],
  [
    'anomaly',
    ['abnormal', 'Anomalies', 'bad', 'NG', 'not ok', 'Defect', 'diseased', 'TUMOUR', 'pos'],
  ],
  ['unlabelled', ['unlabeled', 'Unknown', 'to judge']],
  ['outlier', ['OOD', 'outliers']],
  ['mask', ['ground_truth', 'masks', 'Label-Images']],
  [undefined, ['', 'lymphocyte', 'goods', 'constructor', '__proto__']],
] as const)('%s is the meaning of its words', (meaning, words) => {
  expect(words.map((word) => roleMeaning(word))).toEqual(words.map(() => meaning));
});

test.each([
  ['normal', ['01_normal', 'good cells', 'Control-2', 'WT3', 'non-tumor', 'no_defects', 'DMSO_01']],
  ['anomaly', ['abnormal images', '2 NG', 'not normal', 'tumor_tissue']],
  [
    undefined,
    ['abnormal or normal', 'goodwill', 'negatives of print 7 a', 'notes', '12', 'nonsense'],
  ],
] as const)('%s is what a folder says', (meaning, names) => {
  expect(names.map((name) => roleOfName(name))).toEqual(names.map(() => meaning));
});

test('sides of a split have synonyms', () => {
  const words = ['Training', 'VAL', 'validation', 'hold-out', 'none', 'x'];
  expect(words.map((word) => splitMeaning(word))).toEqual([
    ...['train', 'calibrate', 'calibrate', 'test', 'none'],
    undefined,
  ]);
});

test('the nearest word never turns an anomaly into a normal image', () => {
  const nearest = (word: string) => nearestName(word, roleWordsLike(word));
  expect(nearest('abnorml')).toBe('; the nearest is "abnormal"');
  expect(nearest('anornal')).toMatch(/"an?b?normal"/);
  expect(nearest('unormal')).toBe('');
  expect(nearest('nromal')).toBe('; the nearest is "normal"');
});
