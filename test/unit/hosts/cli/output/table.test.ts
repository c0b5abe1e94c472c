import { expect, it } from 'vitest';
import { table, wrap } from '#hosts/cli/output/table.ts';

it('aligns columns, numbers on the right, wide letters counted', () => {
  const lines = table(
    [{ title: 'type' }, { title: 'n', align: 'right' }, { title: 'file' }],
    [
      ['細胞', '7', 'a\nb'],
      ['monocyte', '1,234', 'c'],
    ],
  );
  expect(lines).toEqual([
    ...['type          n  file', '細胞          7  a\\nb', 'monocyte  1,234  c'],
  ]);
});

it('breaks text between words and leaves a word that is too long whole', () => {
  expect(wrap('one two three', 9, 2)).toEqual(['  one two', '  three']);
  expect(wrap('a extraordinarily b', 6)).toEqual(['a', 'extraordinarily', 'b']);
});
