// The guide says what the window says: its labels, methods, scores, shifts and settings, pictures and links.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allScores, allTerms, methodCards } from '#domain/methods/methods.ts';
import { generalSettings, settingsOf } from '#domain/run-settings.ts';
import { shiftTable } from '#domain/shift-table.ts';

const root = resolve(import.meta.dirname, '../..');
const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
const plain = (text: string) => text.replaceAll(/\s+/g, ' ');

const rows = new Set(
  guide
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => plain(line)),
);
const row = (name: string, meaning: string) =>
  `| ${name} | ${meaning.replaceAll('|', '\\|').replaceAll('*', '\\*')} |`;

function windowTexts(): string {
  const texts = readdirSync(join(root, 'src-renderer'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(svelte|ts)$/.test(name))
    .map((name) => readFileSync(join(root, 'src-renderer', name), 'utf8'));
  const methods = methodCards.map(({ title }) => title);
  return plain([...texts, ...methods].join('\n'));
}

describe('the guide', () => {
  it('uses the labels of the window', () => {
    const shown = windowTexts();
    const labels = [...guide.matchAll(/\*\*([^*]+)\*\*/g)].map(([, label]) => plain(label!));
    expect(labels.length).toBeGreaterThan(100);
    expect(labels.filter((label) => !shown.includes(label))).toEqual([]);
  });

  it('has each method, term, score and shift in the words of the tables', () => {
    const wanted = [
      ...methodCards.map(({ title, meaning }) => row(title, meaning)),
      ...[...allTerms, ...allScores].map(({ title, meaning }) => row(title, meaning)),
      ...Object.values(shiftTable).map(({ title, meaning }) => row(title, meaning)),
    ];
    expect(wanted.length).toBeGreaterThan(65);
    expect(wanted.filter((text) => !rows.has(text))).toEqual([]);
  });

  it('has the specimens, durations and engines of the form', () => {
    const section = /^## Specimens[\s\S]*?(?=^## )/m.exec(guide)?.[0] ?? '';
    const shown = windowTexts();
    const cells = section
      .split('\n')
      .filter((line) => /^\| [A-Z]/.test(line))
      .flatMap((line) => line.split('|').slice(1, 3))
      .map((cell) => cell.trim());
    expect(cells.length).toBe(2 * (3 + 3 + 7));
    expect(cells.filter((cell) => !shown.includes(`'${cell}'`))).toEqual([]);
  });

  it('has each setting that the form offers, once for each meaning', () => {
    const tables = [
      generalSettings,
      ...methodCards.map(({ settings }) => settings),
      { rankBy: settingsOf('oecl')['rankBy']! },
    ];
    const wanted = tables.flatMap((table) =>
      Object.entries(table).map(([name, { meaning }]) => row(`\`${name}\``, meaning)),
    );
    expect(wanted.length).toBeGreaterThan(40);
    expect(wanted.filter((text) => !rows.has(text))).toEqual([]);
  });

  it('has pictures and links that lead somewhere', () => {
    const targets = [...guide.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
    const anchors = new Set(
      [...guide.matchAll(/^#+ (.+)$/gm)].map(
        ([, title]) =>
          `#${title!
            .toLowerCase()
            .replaceAll(/[^\w\s-]/g, '')
            .replaceAll(' ', '-')}`,
      ),
    );
    const lost = targets.filter((target) =>
      target.startsWith('#') ? !anchors.has(target) : !existsSync(join(root, 'docs', target)),
    );
    expect(targets.length).toBeGreaterThan(25);
    expect(lost).toEqual([]);
  });
});
