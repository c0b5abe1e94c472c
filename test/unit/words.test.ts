// Retired phrases stay retired: the table "Words" of CONTRIBUTING.md, against sources, documents and scenarios.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const endings = new Set(['.ts', '.svelte', '.md', '.css', '.html', '.cjs', '.py']);
/** Migrations are never changed once they have run, not even their comments. */
const frozen = join('src-main', 'core', 'store', 'migrations');
const section = /^## Words$[\s\S]*?(?=^## )/m;

interface Text {
  readonly name: string;
  readonly text: string;
}

/** The phrases of the first column: several in a cell are separated by commas. */
function retiredPhrases(contributing: string): string[] {
  const rows = (section.exec(contributing)?.[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
  return rows.flatMap((row) => row.split('|')[1]!.split(',')).map((phrase) => phrase.trim());
}

/** Between two words there may be a line end with the mark of a comment. */
function pattern(phrase: string): RegExp {
  const words = phrase.split(' ').map((word) => word.replaceAll(/[.*+?()[\]{}^$\\|]/g, '\\$&'));
  return new RegExp(`(?<![\\w])${words.join('\\s+(?:(?://|\\*|#|<!--)\\s*)?')}(?![\\w])`, 'gi');
}

/** "file:line: phrase" of each place. */
function placesOf(phrases: readonly string[], { name, text }: Text): string[] {
  return phrases.flatMap((phrase) =>
    [...text.matchAll(pattern(phrase))].map(
      ({ index }) => `${name}:${text.slice(0, index).split('\n').length}: ${phrase}`,
    ),
  );
}

function read(name: string): Text {
  const text = readFileSync(join(root, name), 'utf8');
  return { name, text: name === 'CONTRIBUTING.md' ? text.replace(section, '') : text };
}

function textsBelow(folder: string): Text[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => endings.has(extname(name)) && !name.startsWith(frozen))
    .map(read);
}

const phrases = retiredPhrases(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));

describe('retired phrases', () => {
  it('are listed, each once', () => {
    expect(phrases.length).toBeGreaterThan(40);
    expect(phrases.filter((phrase) => !/^\S.*\S$/.test(phrase))).toEqual([]);
    expect(new Set(phrases.map((phrase) => phrase.toLowerCase())).size).toBe(phrases.length);
  });

  it.each([
    ['in any case', 'Select Nothing.', ['a:1: select nothing']],
    [
      'across lines of a comment',
      '// Warns\n * of its own\n * accord.',
      ['a:2: of its own accord'],
    ],
    ['across lines of a text', 'It gives\n      up here', ['a:1: gives up']],
    ['as whole words only', 'A shallow forgo once, that counts, a newer one, riddled', []],
  ])('are found %s', (_, text, places) => {
    expect(placesOf(phrases, { name: 'a', text })).toEqual(places);
  });

  it.each(['src-main', 'src-renderer', 'docs', join('test', 'e2e', 'scenarios')])(
    'are not used in %s',
    (folder) => {
      const texts = textsBelow(folder);
      expect(texts.length).toBeGreaterThan(2);
      expect(texts.flatMap((text) => placesOf(phrases, text))).toEqual([]);
    },
  );

  it('are not used in the documents beside the sources', () => {
    const texts = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].map(read);
    expect(texts.flatMap((text) => placesOf(phrases, text))).toEqual([]);
  });
});
