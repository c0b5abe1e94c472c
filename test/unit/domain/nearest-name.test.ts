// The right name offered for a mistyped one, or none when nothing is near.

import { expect, it } from 'vitest';
import { nearestName } from '#domain/nearest-name.ts';

const names = ['width', 'inputSize', 'hue', 'epochs', 'learningRate', 'schedule'];

it.each([
  ['widht', 'width'],
  ['wdth', 'width'],
  ['WIDTH', 'width'],
  ['inputsize', 'inputSize'],
  ['epoch', 'epochs'],
  ['hu', 'hue'],
  ['heu', 'hue'],
  ['learningRates', 'learningRate'],
  ['learning-rate', 'learningRate'],
  ['shedul', 'schedule'],
])('%s is nearest to %s', (typed, right) => {
  expect(nearestName(typed, names)).toBe(`; the nearest is "${right}"`);
});

it.each(['abc', 'x', '', 'momentum', 'learning', 'width and more', 'x'.repeat(10_000_000)])(
  'nothing is near to %.20s',
  (typed) => {
    expect(nearestName(typed, names)).toBe('');
  },
);

it('takes the first of two equally near names, and nothing from an empty list', () => {
  expect(nearestName('cat', ['bat', 'rat'])).toBe('; the nearest is "bat"');
  expect(nearestName('cat', [])).toBe('');
});
