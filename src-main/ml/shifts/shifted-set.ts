// Sets of images with every one of them changed: by a shift transform, or as a normal image may vary.

import { purpose, RandomStream } from '#domain/random.ts';
import type { ViewSettings } from '#domain/run-settings.ts';
import { turnPlanes } from '../augment/turn.ts';
import { drawView, plainView } from '../augment/view.ts';
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
  const shape = { channels: set.channels, size: set.width };
  const partner = new Float32Array(shape.channels * shape.size ** 2);
  return changedSet(set, (index, view) => {
    plainView(set, (index + 1) % set.count, set.width, partner, 0);
    const stream = new RandomStream(seed, purpose.shift, place, index);
    shift.apply(view, partner, shape, strength, stream);
  });
}

/** How a normal image of a specimen may vary without becoming strange. */
export interface NormalVariation {
  readonly views: ViewSettings;
  /** The specimen has no up and down: quarter turns of it are normal. */
  readonly isTurned: boolean;
}

/** Each image as a random view of it. `place`: numbers the sets of one seed. */
export function variedSet(
  set: PixelSet,
  { views, isTurned }: NormalVariation,
  seed: number,
  place: number,
): PixelSet {
  return changedSet(set, (index, view) => {
    const stream = new RandomStream(seed, purpose.view, place, index);
    drawView(set, index, views, stream, set.width, view, 0);
    const quarters = stream.integer(4);
    if (isTurned) turnPlanes(view, set.width, quarters);
  });
}

/** `change`: the view starts as the plain one, planes [channels, width, width] in 0 … 1. */
function changedSet(set: PixelSet, change: (index: number, view: Float32Array) => void): PixelSet {
  const { width, channels, count } = set;
  const plane = width * width;
  const length = channels * plane;
  const pixels = set.pixels.slice();
  const view = new Float32Array(length);
  for (let index = 0; index < count; index++) {
    plainView(set, index, width, view, 0);
    change(index, view);
    for (let at = 0; at < length; at++) {
      const channel = Math.floor(at / plane);
      const [low, high] = set.window[channel]!;
      const value = Math.round(low + view[at]! * (high - low));
      pixels[index * length + (at % plane) * channels + channel] = Math.max(0, value);
    }
  }
  return { ...set, pixels };
}
