// A CSV table as the list of what to import: columns path, role, group, domain (or scanner, stain and
// site), label, split; separated by
// commas, semicolons or tabs; with or without a byte-order mark. Paths are relative to the table.

import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { parse } from 'csv-parse/sync';
import {
  roleNames,
  splitNames,
  type ImportProblem,
  type Role,
  type Split,
} from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import { roleMeaning, roleWords, splitMeaning, splitWords } from '#domain/role-words.ts';

export interface ManifestRow {
  /** Absolute. */
  readonly path: string;
  readonly role: Role | null;
  /** Whether the table calls it a mask, which is not imported. */
  readonly isMask: boolean;
  readonly class: string | null;
  readonly group: string | null;
  readonly domain: string | null;
  readonly split: Split | null;
}

export interface Manifest {
  readonly rows: readonly ManifestRow[];
  /** Rows with invalid values, with their line numbers. */
  readonly problems: readonly ImportProblem[];
  /** Columns that are ignored. */
  readonly ignored: readonly string[];
}

/** Columns that together are the domain of a row whose column "domain" is empty or absent. */
const domainColumns = ['scanner', 'stain', 'site'] as const;
const columns = [
  ...(['path', 'role', 'group', 'domain', 'label', 'split'] as const),
  ...domainColumns,
] as const;
type Column = (typeof columns)[number];

/** Throws `bad-input` when the table cannot be read or has no column "path". */
export async function readManifest(file: string): Promise<Manifest> {
  const text = await readText(file);
  const records = parseTable(file, text);
  const [header, ...rows] = records;
  const names = (header?.record ?? []).map((name) => name.trim().toLowerCase());
  if (!names.includes('path')) {
    throw new Failure(
      'bad-input',
      'The table has no column "path". Its first line must name the columns: ' +
        'path, and optionally role, group, domain (or scanner, stain, site), label, split.',
      file,
    );
  }
  const accepted: ManifestRow[] = [];
  const problems: ImportProblem[] = [];
  for (const { record, info } of rows) {
    const cell = (column: Column) => record[names.indexOf(column)]?.trim() ?? '';
    try {
      if (record.slice(names.length).some((rest) => rest.trim() !== '')) throw tooManyCells();
      accepted.push(readRow(dirname(resolve(file)), cell));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const reason = `Line ${info.lines}: ${error.message}`;
      problems.push({ path: file, code: error.code, reason });
    }
  }
  const known: readonly string[] = columns;
  return {
    rows: accepted,
    problems,
    ignored: names.filter((name) => name !== '' && !known.includes(name)),
  };
}

async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof TypeError) {
      throw new Failure('bad-input', 'The table is not UTF-8 text. Save it as "CSV UTF-8".', file);
    }
    throw new Failure('not-found', 'The table cannot be read.', file, { cause: error });
  }
}

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function parseTable(file: string, text: string): ParsedRecord[] {
  const [firstLine = ''] = /[^\r\n]+/.exec(text) ?? [];
  const delimiter = [',', ';', '\t'].find((mark) => firstLine.includes(mark)) ?? ',';
  try {
    return parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as ParsedRecord[];
  } catch (error) {
    const detail = error instanceof Error ? ` (${error.message})` : '';
    throw new Failure('bad-input', `The table is not valid CSV${detail}.`, file, { cause: error });
  }
}

function tooManyCells(): Failure {
  return new Failure(
    'bad-input',
    'there are more cells than columns. Put cells that hold a separator into double quotes.',
  );
}

function readRow(folder: string, cell: (column: Column) => string): ManifestRow {
  const path = cell('path');
  if (path === '') throw new Failure('bad-input', 'the path is missing.');
  const absolute = resolve(folder, path);
  // A table from another person must not name files outside its folder by ".."; a full path is deliberate.
  if (!isAbsolute(path) && relative(folder, absolute).split(sep)[0] === '..') {
    throw new Failure(
      'bad-input',
      `the path "${path}" leads out of the table's folder. Write the full path if this is intended.`,
    );
  }
  const role = oneOf('role', cell('role'), roleMeaning, roleNames, roleWords);
  return {
    path: absolute,
    role: role === 'mask' ? null : role,
    isMask: role === 'mask',
    class: cell('label') || null,
    group: cell('group') || null,
    domain: cell('domain') || joinedDomain(cell) || null,
    split: oneOf('split', cell('split'), splitMeaning, splitNames, splitWords),
  };
}

/** "scanner=A; site=North": of the columns that have a value. */
function joinedDomain(cell: (column: Column) => string): string {
  return domainColumns
    .filter((column) => cell(column) !== '')
    .map((column) => `${column}=${cell(column)}`)
    .join('; ');
}

/** names: for the message. words: all that are understood. */
function oneOf<T extends string>(
  column: string,
  value: string,
  meaning: (word: string) => T | undefined,
  names: readonly string[],
  words: readonly string[],
): T | null {
  if (value === '') return null;
  const found = meaning(value);
  if (found !== undefined) return found;
  throw new Failure(
    'bad-input',
    `the ${column} "${value}" is not one of ${names.join(', ')}${nearestName(value, words)}`,
  );
}
