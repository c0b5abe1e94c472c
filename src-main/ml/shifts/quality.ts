// Shifts of image quality: noise, defocus, sharpening. JPEG is in jpeg.ts.

import type { Shift, ShiftParameters, ShiftShape } from './shift.ts';

/** `colour`: 1 is independent grain in every channel, 0 the same in all. */
export function noise({ colour = 1 }: ShiftParameters): Shift {
  return {
    apply: (view, _partner, { channels, size }, strength, stream) => {
      const deviation = stream.between(0.04 + 0.08 * strength, 0.1 + 0.2 * strength);
      // Variances of independent components add.
      const shared = channels === 1 ? 0 : Math.sqrt(1 - colour * colour);
      const own = channels === 1 ? 1 : colour;
      const plane = size * size;
      const common = Float32Array.from({ length: shared === 0 ? 0 : plane }, () => stream.normal());
      for (let i = 0; i < view.length; i++) {
        const grain = own * stream.normal() + (shared === 0 ? 0 : shared * common[i % plane]!);
        view[i] = clip(view[i]! + deviation * grain);
      }
    },
  };
}

export const defocus: Shift = {
  apply: (view, _partner, shape, strength, stream) => {
    // In pixels of a 32-pixel view; larger views blur in proportion.
    const sigma = (stream.between(0.8 + strength, 1.4 + 2 * strength) * shape.size) / 32;
    blur(view, shape, sigma);
  },
};

/** `radius`: σ of the rings, in pixels of a 32-pixel view. */
export function sharpenRing({ radius = 1 }: ShiftParameters): Shift {
  return {
    apply: (view, _partner, shape, strength, stream) => {
      const amount = stream.between(1.5 + 2 * strength, 3 + 4 * strength);
      const smooth = view.slice();
      blur(smooth, shape, (radius * shape.size) / 32);
      for (let i = 0; i < view.length; i++) {
        view[i] = clip(view[i]! + amount * (view[i]! - smooth[i]!));
      }
    },
  };
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Gaussian blur in place, σ in pixels, cut at 3 σ; the border is repeated. */
export function blur(view: Float32Array, { channels, size }: ShiftShape, sigma: number): void {
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = kernel.reduce((total, weight) => total + weight);
  const line = new Float32Array(size + 2 * radius);
  for (const [along, across] of [
    [1, size],
    [size, 1],
  ] as const) {
    for (let index = 0; index < channels * size; index++) {
      const plane = Math.floor(index / size) * size * size;
      const start = plane + (index % size) * across;
      for (let i = 0; i < line.length; i++) {
        const inside = Math.min(size - 1, Math.max(0, i - radius));
        line[i] = view[start + inside * along]!;
      }
      for (let i = 0; i < size; i++) {
        let total = 0;
        for (let k = 0; k < kernel.length; k++) total += kernel[k]! * line[i + k]!;
        view[start + i * along] = Math.min(1, total / sum);
      }
    }
  }
}
