// The text of a table as spreadsheets and other programs write it: separated by commas, semicolons or tabs,
// with or without a line "sep=;", as UTF-8 or as UTF-16 with its mark.

import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { Failure } from '#domain/failure.ts';

export interface TableLine {
  readonly cells: readonly string[];
  /** In the file, from 1. */
  readonly number: number;
}

export function isTableName(path: string): boolean {
  return /\.(csv|tsv|tab|txt)$/i.test(path);
}

/** Every line that is not empty; the first names the columns. Throws `bad-input` and `not-found`. */
export async function readTable(file: string): Promise<TableLine[]> {
  const text = await readText(file);
  const told = /^"?sep=(.)"?[\t ]*(\r\n|\r|\n)/i.exec(text);
  const rest = told ? text.slice(told[0].length) : text;
  const delimiter = told?.[1] ?? delimiterOf(file, rest);
  const above = told ? 1 : 0;
  try {
    const records = parse(rest, {
      ...{ delimiter, info: true, relax_column_count: true, skip_empty_lines: true },
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ cells: record, number: info.lines + above }));
  } catch (error) {
    const detail = error instanceof Error ? ` (${error.message})` : '';
    throw new Failure('bad-input', `The table is not valid CSV${detail}.`, file, { cause: error });
  }
}

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new Failure('not-found', 'The table cannot be read.', file, { cause: error });
  });
  try {
    // The decoder removes a byte-order mark.
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    throw new Failure('bad-input', 'The table is not UTF-8 text. Save it as "CSV UTF-8".', file);
  }
}

/** Excel's "Unicode text" is UTF-16. */
function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** The most frequent mark of the first line outside quotes; of equally frequent ones the first. */
function delimiterOf(file: string, text: string): string {
  const [firstLine = ''] = /[^\r\n]+/.exec(text) ?? [];
  const bare = firstLine.replace(/"[^"]*"/g, '');
  if (/\.(tsv|tab)$/i.test(file) && bare.includes('\t')) return '\t';
  const count = (mark: string) => bare.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}
