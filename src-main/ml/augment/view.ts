// Views of an image: the plain one, and random ones that are a pure function of a random stream.

import type { RandomStream } from '#domain/random.ts';
import type { ViewSettings } from '#domain/run-settings.ts';
import type { PixelSet } from '../pixels.ts';
import { brighten, changeContrast, makeGrey, saturate, turnHue } from './colour.ts';
import type { Crop } from './resize.ts';
import { resizeCrop } from './resize.ts';

const unmirrored = { horizontal: false, vertical: false };

/** The whole image, resized: planes [channels, size, size] in 0 … 1 from out[offset] on. */
export function plainView(
  set: PixelSet,
  index: number,
  size: number,
  out: Float32Array,
  offset: number,
): void {
  const whole = { left: 0, top: 0, width: set.width, height: set.height };
  resizeCrop(set, index, whole, unmirrored, size, out, offset);
}

/**
 * A random view: crop, mirror images, then brightness, contrast, saturation and hue in random order,
 * then grey; planes [channels, size, size] in 0 … 1 from out[offset] on. Every number is drawn whether
 * a setting needs it or not, so that switching one effect off leaves the others as they were.
 */
export function drawView(
  set: PixelSet,
  index: number,
  settings: ViewSettings,
  stream: RandomStream,
  size: number,
  out: Float32Array,
  offset: number,
): void {
  const crop = drawCrop(set, settings, stream);
  const horizontal = stream.uniform() < settings.flip;
  const vertical = stream.uniform() < settings.verticalFlip;
  resizeCrop(set, index, crop, { horizontal, vertical }, size, out, offset);
  const view = out.subarray(offset, offset + set.channels * size * size);
  const jittered = stream.uniform() < settings.jitter;
  const order = stream.permutation(4);
  const factors = [settings.brightness, settings.contrast, settings.saturation].map((range) =>
    stream.between(Math.max(0, 1 - range), 1 + range),
  );
  const turn = stream.between(-settings.hue, settings.hue);
  const greyed = stream.uniform() < settings.grey;
  if (jittered) {
    for (const operation of order) applyJitter(view, operation, factors, turn, set.channels);
  }
  if (greyed && set.channels === 3) makeGrey(view);
}

function applyJitter(
  view: Float32Array,
  operation: number,
  factors: readonly number[],
  turn: number,
  channels: number,
): void {
  if (operation === 0 && factors[0] !== 1) brighten(view, factors[0]!);
  if (operation === 1 && factors[1] !== 1) changeContrast(view, factors[1]!, channels);
  if (channels !== 3) return;
  if (operation === 2 && factors[2] !== 1) saturate(view, factors[2]!);
  if (operation === 3 && turn !== 0) turnHue(view, turn);
}

/** A crop of a share of the area and an aspect ratio of 3:4 … 4:3; as torchvision's RandomResizedCrop. */
function drawCrop(
  { width, height }: PixelSet,
  { cropMin, cropMax }: ViewSettings,
  stream: RandomStream,
): Crop {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = width * height * stream.between(Math.min(cropMin, cropMax), cropMax);
    const ratio = Math.exp(stream.between(Math.log(3 / 4), Math.log(4 / 3)));
    const cropWidth = Math.round(Math.sqrt(area * ratio));
    const cropHeight = Math.round(Math.sqrt(area / ratio));
    const left = stream.uniform();
    const top = stream.uniform();
    if (cropWidth > 0 && cropWidth <= width && cropHeight > 0 && cropHeight <= height) {
      return {
        left: Math.floor(left * (width - cropWidth + 1)),
        top: Math.floor(top * (height - cropHeight + 1)),
        width: cropWidth,
        height: cropHeight,
      };
    }
  }
  // No crop fitted: the centre, as large as these aspect ratios allow.
  const cropWidth = Math.min(width, Math.round((height * 4) / 3));
  const cropHeight = Math.min(height, Math.round((width * 4) / 3));
  return {
    left: Math.floor((width - cropWidth) / 2),
    top: Math.floor((height - cropHeight) / 2),
    width: cropWidth,
    height: cropHeight,
  };
}

/** 0 … 1 to the network's −1 … 1, in place. */
export function toNetworkRange(batch: Float32Array): void {
  for (let i = 0; i < batch.length; i++) batch[i] = (batch[i]! - 0.5) * 2;
}
