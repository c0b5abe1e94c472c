// What all names of a gallery begin with is cut, where that makes them readable.

import { expect, it } from 'vitest';
import {
  commonStart,
  labelText,
  shortName,
} from '../../../../../src-renderer/parts/tiles/tile-labels.ts';

it('cuts up to the separator before names differ', () => {
  const plates = ['/data/PLLT0023_04_ex2005_A07.tif', '/data/PLLT0023_04_ex2005_A12.tif'];
  expect(commonStart(plates)).toBe('PLLT0023_04_ex2005_'.length);
  expect(plates.map((path) => shortName(path, commonStart(plates)))).toEqual([
    '…A07.tif',
    '…A12.tif',
  ]);
  const series = ['c:\\s\\Cell series image_00011.jpg', 'c:\\s\\Cell series image_00012.jpg'];
  expect(series.map((path) => shortName(path, commonStart(series)))).toEqual([
    '…00011.jpg',
    '…00012.jpg',
  ]);
});

it('leaves names alone that are short, differ from the start, or are one', () => {
  expect(commonStart(['/a/EO_1.jpg', '/a/EO_2.jpg'])).toBe(0);
  expect(commonStart(['/a/neutrophil_0001.png', '/a/eosinophil_0001.png'])).toBe(0);
  expect(commonStart(['/a/neutrophil_0001.png'])).toBe(0);
  expect(commonStart([])).toBe(0);
  // Two letters before the separator are not worth it.
  expect(commonStart(['/a/BA_1038700001.jpg', '/a/BA_1038700002.jpg'])).toBe(0);
  expect(shortName('/a/b.png', 9)).toBe('b.png');
});

it('labels by name, class or group', () => {
  const image = { path: '/a/plate1_A01.tif', class: 'mitosis', group: null };
  expect(labelText('name', image, 7)).toBe('…A01.tif');
  expect(labelText('class', image, 7)).toBe('mitosis');
  expect(labelText('group', image, 7)).toBe('no group');
});
