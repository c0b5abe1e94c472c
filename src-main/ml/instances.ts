// Shifted copies of a view, treated as images of their own in a training and in its scores (CSI).

import type { RunSettings } from '#domain/run-settings.ts';
import { RandomStream, purpose } from '#domain/random.ts';
import { rotateQuarter } from './shifts/geometry.ts';
import type { ShiftShape } from './shifts/shift.ts';
import { shiftNamed } from './shifts/shifts.ts';

/** Changes a copy of a view, planes [channels, size, size] in 0 … 1, in place. */
type Instance = (view: Float32Array, shape: ShiftShape, stream: RandomStream) => void;

/** Of each view, beside the view itself; none of a method without the setting `contrastShift`. */
export function instancesOf(settings: RunSettings): readonly Instance[] {
  const name = settings['contrastShift'];
  if (name === undefined) return [];
  if (name === 'rotate') {
    return [1, 2, 3].map((turns) => (view, shape) => rotateQuarter(view, shape, turns));
  }
  const shift = shiftNamed(String(name));
  const strength = Number(settings['contrastStrength']);
  // The shifts of the card need no second image.
  return [(view, shape, stream) => shift.apply(view, view, shape, strength, stream)];
}

/** The random numbers of copy `instance`, from 0, of view `view` of an image or draw named by two words. */
export function instanceStream(
  seed: number,
  [first, second]: readonly [number, number],
  view: number,
  instance: number,
): RandomStream {
  return new RandomStream(seed, purpose.instance, first, second, 4 * view + instance);
}
