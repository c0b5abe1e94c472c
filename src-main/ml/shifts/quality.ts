// Shifts of image quality: noise and defocus.

import type { Shift, ShiftShape } from './shift.ts';

export const noise: Shift = {
  meaning: 'grain added to every pixel',
  apply: (view, _partner, _shape, strength, stream) => {
    const deviation = stream.between(0.04 + 0.08 * strength, 0.1 + 0.2 * strength);
    for (let i = 0; i < view.length; i++) {
      view[i] = Math.min(1, Math.max(0, view[i]! + deviation * stream.normal()));
    }
  },
};

export const defocus: Shift = {
  meaning: 'out of focus: blurred',
  apply: (view, _partner, shape, strength, stream) => {
    // In pixels of a 32-pixel view; larger views blur in proportion.
    const sigma = (stream.between(0.8 + strength, 1.4 + 2 * strength) * shape.size) / 32;
    blur(view, shape, sigma);
  },
};

/** Gaussian blur in place, σ in pixels, cut at 3 σ; the border is repeated. */
function blur(view: Float32Array, { channels, size }: ShiftShape, sigma: number): void {
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
