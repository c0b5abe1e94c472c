// Only exactly what a page writes is read: everything else in a picture's address is refused.

import { expect, it } from 'vitest';
import { pictureAddress } from '#contract/page.ts';
import { lookQuery } from '#contract/picture-look.ts';

const hash = 'ab'.repeat(32);

it('reads what the page writes', () => {
  const look = { low: 0, high: 65_535, channel: '2' } as const;
  expect(pictureAddress(`image/${hash}${lookQuery(look)}`)).toEqual({ kind: 'image', hash, look });
  expect(pictureAddress(`image/${hash}${lookQuery('auto')}`)).toEqual({
    ...{ kind: 'image', hash, look: 'auto' },
  });
  expect(pictureAddress(`thumb/${hash}`)).toEqual({ kind: 'thumb', hash, look: undefined });
});

it.each([
  ...[
    '?',
    '?auto=1',
    '?auto&low=0',
    '?AUTO',
    '?low=0',
    '?low=0&high=255',
    '?high=255&low=0&channel=all',
    '?low=5&high=5&channel=all',
  ],
  ...['?low=9&high=5&channel=all', '?low=-1&high=5&channel=all', '?low=0&high=65536&channel=all'],
  ...[
    '?low=0&high=99999999&channel=all',
    '?low=0&high=1e4&channel=all',
    '?low=00&high=5&channel=0',
  ],
  ...['?low=0&high=5&channel=3', '?low=0&high=5&channel=all&x=1', '?low=0&high=5&channel=../../x'],
  ...['?low=0&high=5&channel=all#', '?low=0&high=5&channel=all\n', '?low=%30&high=5&channel=all'],
  ...['?low=0&high=5&channel=all/../../etc/passwd', '?low=NaN&high=5&channel=all', '/?low=0'],
])('refuses %j', (query) => {
  expect(pictureAddress(`image/${hash}${query}`)).toBe(undefined);
});

it('windows no thumbnail', () => {
  expect(pictureAddress(`thumb/${hash}?low=0&high=5&channel=all`)).toBe(undefined);
  expect(pictureAddress(`thumb/${hash}?auto`)).toBe(undefined);
});
