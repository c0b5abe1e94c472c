// Zoom and place of stages, and the scale bar.

import { describe, expect, it } from 'vitest';
import { scaleLength } from '../../../../src-renderer/views/stage/scale-bar.ts';
import { StageView } from '../../../../src-renderer/views/stage/stage-view.svelte.ts';

const box = { stageWidth: 600, stageHeight: 300, width: 100, height: 100 };

function viewOf(...boxes: (typeof box)[]): StageView {
  const view = new StageView();
  for (const [at, one] of boxes.entries()) view.place(String(at), one);
  return view;
}

describe('a stage', () => {
  it('shows the whole picture, and keeps the scale for the next one', () => {
    const view = viewOf(box);
    expect([view.scale, view.isWhole, view.isMovable]).toEqual([3, true, false]);
    view.zoomBy(1);
    expect([view.scale, view.isMovable]).toEqual([4.5, true]);
    view.place('0', { ...box, width: 200, height: 200 });
    expect(view.scale).toBe(4.5);
    view.fit();
    expect([view.scale, view.isWhole]).toEqual([1.5, true]);
  });

  it('keeps the point under the pointer in place', () => {
    const view = viewOf(box);
    const about = { x: 60, y: -30 };
    /** Of the picture, at the pointer, each 0 … 1. */
    const under = () => {
      const { x, y } = view.offset(box);
      const size = 100 * view.scale;
      return [(about.x - x) / size + 0.5, (about.y - y) / size + 0.5];
    };
    view.zoomAt(9, about, box);
    const [x, y] = under();
    view.zoomAt(20, about, box);
    expect(under()[0]).toBeCloseTo(x!, 10);
    expect(under()[1]).toBeCloseTo(y!, 10);
  });

  it('is one screen pixel for each pixel, and whole again, also where that is smaller', () => {
    for (const size of [100, 5000]) {
      const view = viewOf({ ...box, width: size, height: size });
      view.toggleOneToOne();
      expect([view.scale, view.isWhole]).toEqual([1, false]);
      view.toggleOneToOne();
      expect([view.scale, view.isWhole]).toEqual([300 / size, true]);
      view.zoomAt(20, { x: 5, y: 5 }, { ...box, width: size, height: size });
      view.toggleOneToOne();
      expect(view.scale).toBe(1);
    }
  });

  it('stays between 1:1 or the whole picture and 64 times, and passes by the whole one', () => {
    const view = viewOf(box);
    view.zoomBy(40);
    expect(view.scale).toBe(64);
    view.zoomAt(2, { x: 0, y: 0 }, box);
    expect([view.scale, view.isWhole]).toEqual([3, true]);
    view.zoomBy(-20);
    expect(view.scale).toBe(1);
    const large = viewOf({ ...box, width: 5000, height: 5000 });
    large.zoomBy(2);
    large.zoomBy(-9);
    expect([large.scale, large.isWhole]).toEqual([300 / 5000, true]);
  });

  it('shows no emptiness beside a picture that is cut, however far it is moved', () => {
    const view = viewOf(box);
    view.zoomAt(12, { x: 0, y: 0 }, box);
    view.move(10_000, -10_000, box);
    expect(view.offset(box)).toEqual({ x: 300, y: -450 });
    view.fit();
    view.move(50, 50, box);
    expect(view.offset(box)).toEqual({ x: 0, y: 0 });
  });

  it('shows two pictures at the scale at which both are whole', () => {
    const view = viewOf(box, { ...box, width: 300, height: 300 });
    expect(view.scale).toBe(1);
    view.leave('1');
    expect(view.scale).toBe(3);
  });
});

it.each([
  // Micrometres of a screen pixel, words, pixels.
  [0.1, '10\u00a0µm', 100],
  [0.5, '50\u00a0µm', 100],
  [1, '100\u00a0µm', 100],
  [3.2, '200\u00a0µm', 62.5],
  [0.004, '200\u00a0nm', 50],
  [20, '2\u00a0mm', 100],
])('the scale bar at %f µm a pixel is %s', (micrometres, words, pixels) => {
  const found = scaleLength(micrometres, 120);
  expect(found.words).toBe(words);
  expect(found.pixels).toBeCloseTo(pixels, 9);
});
