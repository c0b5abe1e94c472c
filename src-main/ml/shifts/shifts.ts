// The list of shift transforms. Nothing registers itself.

import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import { flip, jigsaw, rotate } from './geometry.ts';
import { cutMix, cutOut, smallPaste } from './patches.ts';
import { defocus, noise } from './quality.ts';
import type { Shift } from './shift.ts';

export const shifts: Readonly<Record<string, Shift>> = {
  rotate,
  flip,
  jigsaw,
  'cut-mix': cutMix,
  'cut-out': cutOut,
  'small-paste': smallPaste,
  noise,
  defocus,
};

/** Throws `unknown-option` with the nearest right name. */
export function shiftNamed(name: string): Shift {
  const shift = Object.hasOwn(shifts, name) ? shifts[name] : undefined;
  if (shift) return shift;
  const nearest = nearestName(name, Object.keys(shifts));
  throw new Failure('unknown-option', `There is no shift transform "${name}"${nearest}.`);
}
