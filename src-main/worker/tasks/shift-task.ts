// The task `shift`: shifts one small picture for a preview; quick, so it may run beside other tasks.

import { RandomStream, purpose } from '#domain/random.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import type { ShiftTask, SmallPicture } from '../contract.ts';

/** Throws `unknown-option` and `bad-input`. */
export function runShift({ shift, seed, picture, partner }: ShiftTask): SmallPicture {
  const { side, channels } = picture;
  const view = planesOf(picture);
  const stream = new RandomStream(seed, purpose.shift);
  shiftNamed(shift.name, shift.parameters).apply(
    view,
    planesOf(partner),
    { channels, size: side },
    shift.strength,
    stream,
  );
  return { side, channels, pixels: pixelsOf(view, picture) };
}

/** Channels interleaved, a byte a value, to planes in 0 … 1. */
function planesOf({ side, channels, pixels }: SmallPicture): Float32Array {
  const bytes = Buffer.from(pixels, 'base64');
  const plane = side * side;
  return Float32Array.from(
    { length: channels * plane },
    (_, at) => (bytes[(at % plane) * channels + Math.floor(at / plane)] ?? 0) / 255,
  );
}

function pixelsOf(view: Float32Array, { side, channels }: SmallPicture): string {
  const plane = side * side;
  const bytes = Uint8Array.from({ length: channels * plane }, (_, at) =>
    Math.round(255 * view[(at % channels) * plane + Math.floor(at / channels)]!),
  );
  return Buffer.from(bytes).toString('base64');
}
