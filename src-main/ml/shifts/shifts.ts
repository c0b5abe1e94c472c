// The list of shift transforms.

import { parseShiftName, shiftParameters, type ShiftName } from '#domain/shift-table.ts';
import { ownCellMix, stainTransfer, textureSwap } from './cell-shifts.ts';
import { channelSwap, gamma, mixup, stainMatrix, unevenLight } from './colours.ts';
import { dust } from './dust.ts';
import { flip, jigsaw, rotate } from './geometry.ts';
import { jpeg } from './jpeg.ts';
import { cutMix, cutOut, missingHalf, smallPaste, stitch } from './patches.ts';
import { defocus, noise, sharpenRing } from './quality.ts';
import type { Shift, ShiftParameters } from './shift.ts';
import { swirl } from './warp.ts';

/** Makes each shift from its parameters. */
const shifts: Readonly<Record<ShiftName, (own: ShiftParameters) => Shift>> = {
  rotate: () => rotate,
  flip: () => flip,
  jigsaw: () => jigsaw,
  stitch: () => stitch,
  'cut-mix': () => cutMix,
  'own-cell-mix': () => ownCellMix,
  mixup: () => mixup,
  'cut-out': () => cutOut,
  'small-paste': () => smallPaste,
  'texture-swap': () => textureSwap,
  swirl,
  defocus: () => defocus,
  'sharpen-ring': sharpenRing,
  noise,
  jpeg: () => jpeg,
  dust,
  'missing-half': () => missingHalf,
  'stain-matrix': stainMatrix,
  'stain-transfer': () => stainTransfer,
  'channel-swap': () => channelSwap,
  gamma,
  'uneven-light': unevenLight,
};

/**
 * The shift with its own parameters, the standard ones where none is given. Throws `unknown-option`
 * with the nearest right name, and `bad-input` with the range.
 */
export function shiftNamed(name: string, parameters: ShiftParameters = {}): Shift {
  const known = parseShiftName(name);
  return shifts[known](shiftParameters(known, parameters));
}
