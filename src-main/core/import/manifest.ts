// A CSV table as the list of what to import: columns path, role, group, domain (or scanner, stain and
// site), label, split. Paths are relative to the table.

import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import {
  roleNames,
  splitNames,
  type ImportProblem,
  type Role,
  type Split,
} from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import { roleMeaning, roleWordsLike, splitMeaning, splitWords } from '#domain/words/role-words.ts';
import { tableColumns } from './tables/table-columns.ts';
import { readTable } from './tables/table-text.ts';

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
  /** Texts for the user: 'column "filename" read as path'. */
  readonly meanings?: readonly string[];
}

/** Columns that together are the domain of a row whose column "domain" is empty or absent. */
const domainColumns = ['scanner', 'stain', 'site'] as const;
const columns = [
  ...(['role', 'group', 'domain', 'label', 'split'] as const),
  ...domainColumns,
] as const;
type Column = (typeof columns)[number];

/** Throws `bad-input` when the table cannot be read or has no column of paths, and `not-found`. */
export async function readManifest(file: string): Promise<Manifest> {
  const [header, ...lines] = await readTable(file);
  const names = header?.cells ?? [];
  const rows = lines.map(({ cells }) => cells);
  const table = tableColumns(file, names, rows, columns);
  const accepted: ManifestRow[] = [];
  const problems: ImportProblem[] = [];
  for (const { cells, number } of lines) {
    try {
      if (cells.slice(names.length).some((rest) => rest.trim() !== '')) throw tooManyCells();
      const cell = (column: Column) => table.cell(cells, column);
      accepted.push(readRow(dirname(resolve(file)), table.path(cells), cell));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const reason = `Line ${number}: ${error.message}`;
      problems.push({ path: file, code: error.code, reason });
    }
  }
  const { ignored, meanings } = table;
  return { rows: accepted, problems, ignored, ...(meanings.length === 0 ? {} : { meanings }) };
}

function tooManyCells(): Failure {
  return new Failure(
    'bad-input',
    'there are more cells than columns. Put cells that hold a separator into double quotes.',
  );
}

function readRow(folder: string, path: string, cell: (column: Column) => string): ManifestRow {
  if (path === '') throw new Failure('bad-input', 'the path is missing.');
  const absolute = resolve(folder, path);
  // A table from another person must not name files outside its folder by ".."; a full path is deliberate.
  // A backslash separates as well where the path is not found otherwise.
  const slashed = resolve(folder, path.replaceAll('\\', '/'));
  const leadsOut = [absolute, slashed].some((way) => relative(folder, way).split(sep)[0] === '..');
  if (!isAbsolute(path) && leadsOut) {
    throw new Failure(
      'bad-input',
      `the path "${path}" leads out of the table's folder. Write the full path if this is intended.`,
    );
  }
  const role = oneOf('role', cell('role'), roleMeaning, roleNames, roleWordsLike(cell('role')));
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
