// A set of images with every one of them changed by a shift transform.

import { purpose, RandomStream } from '#domain/random.ts';
import { plainView } from '../augment/view.ts';
import type { PixelSet } from '../pixels.ts';
import type { Shift } from './shift.ts';

/** In the depth and window of the set. `place`: numbers the sets of one seed. */
export function shiftedSet(
  set: PixelSet,
  shift: Shift,
  strength: number,
  seed: number,
  place: number,
): PixelSet {
  const { width, channels, count } = set;
  const shape = { channels, size: width };
  const length = channels * width * width;
  const pixels = set.pixels.slice();
  const [view, partner] = [new Float32Array(length), new Float32Array(length)];
  for (let index = 0; index < count; index++) {
    plainView(set, index, width, view, 0);
    plainView(set, (index + 1) % count, width, partner, 0);
    const stream = new RandomStream(seed, purpose.shift, place, index);
    shift.apply(view, partner, shape, strength, stream);
    for (let at = 0; at < length; at++) {
      const channel = Math.floor(at / (width * width));
      const [low, high] = set.window[channel]!;
      const value = Math.round(low + view[at]! * (high - low));
      pixels[index * length + (at % (width * width)) * channels + channel] = Math.max(0, value);
    }
  }
  return { ...set, pixels };
}
