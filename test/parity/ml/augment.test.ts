// Crops, colour and quarter turns against what Pillow, torchvision and PyTorch make of the same
// pictures (record.py).

import { describe, expect, it } from 'vitest';
import { brighten, changeContrast, makeGrey, saturate, turnHue } from '#ml/augment/colour.ts';
import { resizeCrop } from '#ml/augment/resize.ts';
import { rotateQuarter } from '#ml/shifts/geometry.ts';
import { apart, recorded } from './recorded.ts';

describe('a resized crop', () => {
  const { pixels, height, width, cases } = recorded.resize;
  const full = [0, 255] as const;
  const set = {
    ...{ count: 1, height, width, channels: 3 as const },
    window: [full, full, full],
    pixels: Uint8Array.from(pixels),
  };
  it.each(cases)("of $crop to $size × $size is Pillow's, within 2e-6", ({ crop, size, planes }) => {
    const out = new Float32Array(3 * size * size);
    resizeCrop(set, 0, crop, { horizontal: false, vertical: false }, size, out, 0);
    expect(apart(out, planes)).toBeLessThan(2e-6);
  });
});

describe('colour', () => {
  const { colour } = recorded;
  const operations = [
    ['brightness', brighten],
    ['contrast', (view: Float32Array, factor: number) => changeContrast(view, factor, 3)],
    ['saturation', saturate],
    ['hue', turnHue],
  ] as const;
  for (const [name, change] of operations) {
    it.each(colour[name])(`${name} %d is torchvision's, within 2e-6`, (factor, expected) => {
      const view = Float32Array.from(colour.view);
      change(view, factor);
      expect(apart(view, expected)).toBeLessThan(2e-6);
    });
  }

  it("grey is torchvision's luminance in all three planes", () => {
    const view = Float32Array.from(colour.view);
    makeGrey(view);
    expect(apart(view, colour.grey)).toBeLessThan(2e-6);
  });

  it.each(colour.contrastOfGrey)('contrast %d of one plane is that of its mean', (factor, grey) => {
    const view = Float32Array.from(colour.view.slice(0, 25));
    changeContrast(view, factor, 1);
    expect(apart(view, grey)).toBeLessThan(2e-6);
  });
});

it('quarter turns go counter-clockwise, as in the reference (torch.rot90)', () => {
  const turned = [1, 2, 3].map((turns) => {
    const view = Float32Array.from(recorded.turns.view);
    rotateQuarter(view, { channels: 2, size: 3 }, turns);
    return [...view];
  });
  expect(turned).toEqual(recorded.turns.turned);
});
