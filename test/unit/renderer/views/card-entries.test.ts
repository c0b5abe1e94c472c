import { expect, it } from 'vitest';
import { allEntries, methodTitle, runWords } from '../../../../src-renderer/views/card-entries.ts';

it('the glossary has each term once', () => {
  const terms = allEntries().map(({ term }) => term);
  expect(terms.filter((term, place) => terms.indexOf(term) !== place)).toEqual([]);
});

it('a run is named by its method, and by its preset where the method has one', () => {
  const run = { dataset: 'blood cells', preset: 'quick', method: 'anchored' };
  expect(runWords(run)).toBe('blood cells, quick, Anchored');
  expect(runWords({ ...run, method: 'frozen' }, ' · ')).toBe('blood cells · Frozen');
  expect(methodTitle('of another version')).toBe('of another version');
});
