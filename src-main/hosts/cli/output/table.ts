// Tables for the terminal: columns aligned, two spaces between them.

import { printable } from '#domain/printable.ts';
import { textWidth } from './terminal-text.ts';

export interface Column {
  readonly title: string;
  /** Numbers are aligned right. */
  readonly align?: 'right';
}

/** The lines of a table with its titles; cells are made printable. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const all = [columns.map(({ title }) => title), ...rows].map((row) => row.map(printable));
  const widths = columns.map((_, i) => Math.max(...all.map((row) => textWidth(row[i] ?? ''))));
  return all.map((row) =>
    columns
      .map(({ align }, i) => {
        const cell = row[i] ?? '';
        const space = ' '.repeat(widths[i]! - textWidth(cell));
        return align === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Lines of text no longer than `width`, broken between words, each behind `indent` spaces. */
export function wrap(text: string, width: number, indent = 0): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one) => ' '.repeat(indent) + one);
}
