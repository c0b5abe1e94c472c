import { expect, it } from 'vitest';
import { sharedGroupWarnings } from '#core/scores/shared-groups.ts';

it('names at most five groups', () => {
  const groups = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'];
  const none = { groups: [], images: 0, leftOut: 0 };
  expect(
    sharedGroupWarnings({ normal: { groups, images: 1200, leftOut: 1200 }, anomalous: none }),
  ).toEqual([
    '1,200 normal test images share a group with training images (p1, p2, p3, p4, p5 and 2 more), and ' +
      'their figures flatter: not counted here.',
  ]);
  expect(sharedGroupWarnings({ normal: none, anomalous: none })).toEqual([]);
});
