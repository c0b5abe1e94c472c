// The list of shift transforms. Nothing registers itself.

import { parseShiftName, type ShiftName } from '#domain/run-outliers.ts';
import { flip, jigsaw, rotate } from './geometry.ts';
import { cutMix, cutOut, smallPaste } from './patches.ts';
import { defocus, noise } from './quality.ts';
import type { Shift } from './shift.ts';

const shifts: Readonly<Record<ShiftName, Shift>> = {
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
  return shifts[parseShiftName(name)];
}
