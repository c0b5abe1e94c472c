// The quick test of shifts: chance where nothing differs, certain where something does.

import { describe, expect, it } from 'vitest';
import { auroc } from '#domain/metrics/auroc.ts';
import { RandomStream, purpose } from '#domain/random.ts';
import type { ShiftName } from '#domain/shift-table.ts';
import { describeView, heldOutScores } from '#ml/shifts/separability.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';

const size = 24;
const shape = { channels: 3, size } as const;

/** A round cell somewhere near the middle, on a grainy ground. */
function cell(index: number, copy: number): Float32Array {
  const place = new RandomStream(index, purpose.sample, copy);
  // Around the middle pixel, so that turns and mirror images change nothing on average.
  const middle = (size - 1) / 2;
  const [x, y] = [middle + place.between(-2, 2), middle + place.between(-2, 2)];
  const radius = place.between(5, 7);
  const view = new Float32Array(3 * size * size);
  for (let at = 0; at < view.length; at++) {
    const pixel = at % (size * size);
    const isInside = Math.hypot((pixel % size) - x, Math.floor(pixel / size) - y) < radius;
    const colour = [0.45, 0.3, 0.6][Math.floor(at / (size * size))]!;
    view[at] = (isInside ? colour : 0.85) + 0.03 * place.normal();
    view[at] = Math.min(1, Math.max(0, view[at]!));
  }
  return view;
}

function separability(name: ShiftName | null, count = 80): number {
  const indices = [...new Array<undefined>(count).keys()];
  const normals = indices.map((index) => describeView(cell(index, 0), shape));
  const shifted = indices.map((index) => {
    const view = cell(index, 1);
    const stream = new RandomStream(index, purpose.shift);
    if (name) shiftNamed(name).apply(view, cell(index + count, 1), shape, 0.5, stream);
    return describeView(view, shape);
  });
  const scores = heldOutScores(normals, shifted);
  return auroc(scores.normal, scores.shifted).auroc;
}

describe('the quick test', () => {
  it('is at chance level without a shift and for a rotated round cell', () => {
    for (const name of [null, 'rotate', 'flip'] as const) {
      expect(Math.abs(separability(name) - 0.5)).toBeLessThan(0.15);
    }
  });

  it.each(['channel-swap', 'gamma', 'noise', 'defocus', 'jpeg', 'uneven-light'] as const)(
    'is certain of %s',
    (name) => {
      expect(separability(name)).toBeGreaterThan(0.95);
    },
  );

  it.each(['cut-mix', 'missing-half', 'dust'] as const)('mostly detects %s', (name) => {
    expect(separability(name)).toBeGreaterThan(0.75);
  });
});
