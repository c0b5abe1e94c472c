// A clicked part of one name finds the same part in names that are built alike, as the core reads the pattern.

import { expect, it } from 'vitest';
import {
  patternOf,
  piecesOf,
} from '../../../../../src-renderer/views/images/groups/name-pieces.ts';

/** The group of each path, after a click on a piece of the first, or on two pieces. */
function groups(paths: readonly string[], text: string, to = text): (string | null)[] {
  const pieces = piecesOf(paths[0]!);
  const find = (wanted: string) => pieces.findLast((piece) => piece.text === wanted)!;
  const pattern = new RegExp(patternOf(paths[0]!, find(text), find(to)), 'u');
  return paths.map((path) => pattern.exec(path.replaceAll('\\', '/'))?.[1] ?? null);
}

it('shows the file and two folders as pieces', () => {
  const pieces = piecesOf('/data/mito/plate 7/PLLT0023_04-ex2005.tif');
  expect(pieces.map(({ text, after }) => text + after)).toEqual([
    ...['mito/', 'plate ', '7/', 'PLLT0023_', '04-', 'ex2005.', 'tif'],
  ]);
  expect(pieces.map(({ level, at }) => `${level} ${at}`)).toEqual([
    ...['2 0', '1 0', '1 1', '0 0', '0 1', '0 2', '0 3'],
  ]);
});

it('finds the first, a middle and the last piece of the file name', () => {
  const paths = [
    '/d/PLLT0023_04_ex2005_A1.tif',
    '/d/PLLT0109_11_ex2006_B12.tif',
    '/d/MSIT7_1_x_C3.tif',
  ];
  expect(groups(paths, 'PLLT0023')).toEqual(['PLLT0023', 'PLLT0109', 'MSIT7']);
  expect(groups(paths, '04')).toEqual(['04', '11', '1']);
  expect(groups(paths, 'A1')).toEqual(['A1', 'B12', 'C3']);
  expect(groups(paths, 'PLLT0023', '04')).toEqual(['PLLT0023_04', 'PLLT0109_11', 'MSIT7_1']);
});

it('finds a folder, whatever the file is called', () => {
  const paths = ['/d/patient-12/a/x_1.png', '/d/patient-7/b/y.png', '/d/patient-130/c/z 9 (2).png'];
  expect(groups(paths, '12')).toEqual(['12', '7', '130']);
  expect(groups(paths, 'patient', '12')).toEqual(['patient-12', 'patient-7', 'patient-130']);
});

it('finds nothing in a name that is built otherwise', () => {
  expect(groups(['/d/P1_A.png', '/d/P2.png', '/d/P3_B_2.png'], 'P1')).toEqual(['P1', null, 'P3']);
});

it('takes names with brackets, plus signs and Windows paths as they are', () => {
  const paths = ['C:\\scans\\S1 (copy)+HE.v2.tif', 'C:\\scans\\S2 (copy)+HE.v2.tif'];
  expect(groups(paths, 'S1')).toEqual(['S1', 'S2']);
  expect(groups(paths, '(copy)+HE')).toEqual(['(copy)+HE', '(copy)+HE']);
});
