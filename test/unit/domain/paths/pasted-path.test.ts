import { expect, it } from 'vitest';
import { pastedPath } from '#domain/paths/pasted-path.ts';

it.each([
  ['"/data/full path"', '/data/full path'],
  ["'/data/a'", '/data/a'],
  ['“/data/a”', '/data/a'],
  ['  "C:\\Users\\Mia\\im ages"\r\n', 'C:\\Users\\Mia\\im ages'],
  ['\u202aC:\\images', 'C:\\images'],
  ['\ufeff/data/a\u200b', '/data/a'],
  ['file:///data/a%20b/%C3%BC.png', '/data/a b/ü.png'],
  ['FILE://localhost/data/a', '/data/a'],
  ['file:/data/a', '/data/a'],
  ['"file:///C:/Users/a%20b"', 'C:/Users/a b'],
  ['file://server/share/a', '//server/share/a'],
  ['file:///data/100%', '/data/100%'],
  ['~/images', '/home/mia/images'],
  ['~', '/home/mia'],
  ['"~/images "', '/home/mia/images'],
  ['~mia/images', '~mia/images'],
  ['/data/~/a', '/data/~/a'],
  ['/data/a ', '/data/a'],
  ['"', '"'],
  ['/data/"a"', '/data/"a"'],
  ['', ''],
])('reads %j as %j', (text, path) => {
  expect(pastedPath(text, '/home/mia')).toBe(path);
});

it('leaves "~" where the home folder is not known', () => {
  expect(pastedPath(' ~/a ')).toBe('~/a');
});
