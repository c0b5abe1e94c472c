// The task `timeAugment`: measures how many random views a second one thread draws from noise images.

import { RandomStream, purpose } from '#domain/random.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { drawView, toNetworkRange } from '#ml/augment/view.ts';
import type { PixelSet } from '#ml/pixels.ts';
import type { AugmentTiming, TimeAugmentTask } from '../../timing.ts';
import type { TaskContext } from '../task.ts';
import { Turns } from '../task.ts';

const images = 64;
/** Sides that are stored for each side that the network sees, as in training. */
const factor = 2;
/** Warm-up views, not timed. */
const warmUp = 500;
/** Views between two checks for a stop. */
const stretch = 100;

/** With every effect of colour images; the published settings. */
export async function timeAugment(
  { size, views }: TimeAugmentTask,
  { stop }: TaskContext,
): Promise<AugmentTiming> {
  const settings = resolveSettings({
    preset: 'paper',
    specimen: 'natural',
    method: 'oecl',
    overrides: { cropMin: 0.5, inputSize: size },
  });
  const side = factor * size;
  const set = noise(side);
  const view = new Float32Array(3 * size * size);
  const turns = new Turns();
  let start = performance.now();
  for (let drawn = 0; drawn < warmUp + views; drawn++) {
    if (drawn === warmUp) start = performance.now();
    const index = drawn % images;
    const stream = new RandomStream(0, purpose.view, drawn, index, 0);
    drawView(set, index, settings, stream, size, view, 0);
    toNetworkRange(view);
    if (drawn % stretch !== 0) continue;
    await turns.give();
    throwIfStopped(stop);
  }
  const seconds = (performance.now() - start) / 1000;
  return { viewsPerSecond: views / seconds, storedSide: side };
}

function noise(side: number): PixelSet {
  const pixels = new Uint8Array(images * side * side * 3);
  const stream = new RandomStream(0, purpose.sample);
  for (let i = 0; i < pixels.length; i++) pixels[i] = stream.integer(256);
  const window = [0, 1, 2].map(() => [0, 255] as const);
  return { count: images, height: side, width: side, channels: 3, window, pixels };
}
