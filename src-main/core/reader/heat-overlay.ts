// Draws a heat map over the picture of an image.

import sharp from 'sharp';
import { heatPixels, type HeatValues } from '#domain/heat-colours.ts';

export interface HeatOverlay extends HeatValues {
  /** Width of the image, pixels; the picture may be smaller. */
  readonly imageWidth: number;
  /** The part of the image that it covers, pixels. */
  readonly square: { readonly left: number; readonly top: number; readonly side: number };
  /** Of the full colour, 0 … 1. */
  readonly opacity: number;
}

/** A PNG file of a picture (PNG) with the map over it. */
export async function drawHeat(picture: Buffer, overlay: HeatOverlay): Promise<Buffer> {
  const shown = sharp(picture).toColourspace('srgb');
  const { width, height } = await shown.metadata();
  const scale = width / overlay.imageWidth;
  const { left, top, side } = overlay.square;
  const [x, y] = [Math.round(scale * left), Math.round(scale * top)];
  const size = Math.max(1, Math.min(Math.round(scale * side), width - x, height - y));
  const pixels = heatPixels(overlay, size, size, overlay.opacity);
  const raw = { width: size, height: size, channels: 4 as const };
  return await shown
    .composite([{ input: Buffer.from(pixels.buffer), raw, left: x, top: y }])
    .png()
    .toBuffer();
}
