import { describe, expect, it } from 'vitest';
import {
  cellsInView,
  moved,
  topOfSame,
} from '../../../../../src-renderer/parts/tiles/grid-layout.ts';

const layout = { columns: 4, rows: 25, pitch: 100, height: 350 };

describe('the cells of a virtual grid', () => {
  it('in view are those of the visible rows and three more on either side', () => {
    expect(cellsInView(layout, 98, 0)).toEqual({ first: 0, end: 28 });
    expect(cellsInView(layout, 98, 1000)).toEqual({ first: 28, end: 68 });
    expect(cellsInView(layout, 98, 2150)).toEqual({ first: 72, end: 98 });
  });

  it('are none while the grid has no height or nothing to show', () => {
    expect(cellsInView({ ...layout, height: 0 }, 98, 0)).toEqual({ first: 0, end: 0 });
    expect(cellsInView(layout, 0, 0)).toEqual({ first: 0, end: 0 });
  });
});

describe('another layout', () => {
  const wide = { ...layout, columns: 6, pitch: 60 };

  it('keeps the same cells in view', () => {
    // The third row of four starts with cell 8, which is in the second row of six.
    expect(topOfSame(layout, wide, 250, 90)).toBe(60);
    expect(topOfSame(wide, layout, 60, 90)).toBe(100);
    expect(topOfSame(layout, wide, 0, 90)).toBe(0);
  });

  it('keeps a visible active cell in place', () => {
    // In the fifth row of four, 150 below the edge; in the third of six.
    expect(topOfSame(layout, { ...layout, columns: 6 }, 250, 17)).toBe(50);
  });

  it('does not scroll when only the number of cells has changed', () => {
    expect(topOfSame(layout, { ...layout, rows: 30, height: 400 }, 250, 0)).toBeUndefined();
  });
});

describe('a key', () => {
  it('moves by a cell, a row, a page, or to either end', () => {
    const from = (key: string) => moved(key, 50, 98, layout);
    expect(from('ArrowLeft')).toBe(49);
    expect(from('ArrowRight')).toBe(51);
    expect(from('ArrowUp')).toBe(46);
    expect(from('ArrowDown')).toBe(54);
    expect(from('PageUp')).toBe(38);
    expect(from('PageDown')).toBe(62);
    expect(from('Home')).toBe(0);
    expect(from('End')).toBe(97);
    expect(from('x')).toBeUndefined();
    expect(from('constructor')).toBeUndefined();
  });

  it('never leaves the grid', () => {
    expect(moved('ArrowLeft', 0, 98, layout)).toBe(0);
    expect(moved('ArrowUp', 2, 98, layout)).toBe(2);
    expect(moved('ArrowDown', 96, 98, layout)).toBe(96);
    expect(moved('PageDown', 96, 98, layout)).toBe(97);
    expect(moved('ArrowRight', 0, 0, layout)).toBeUndefined();
  });
});
