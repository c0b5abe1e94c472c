// Shifts of colour and light: double exposure, stain matrix, channel swap, gamma, uneven light.

import type { RandomStream } from '#domain/random.ts';
import type { Shift, ShiftParameters, ShiftShape } from './shift.ts';

/** Mean change below which a viewer would not see it, of 0 … 1. */
const visible = 0.02;

/** The darkest value that has an optical density. */
const darkest = 1 / 255;

export const mixup: Shift = {
  apply: (view, partner, _shape, strength, stream) => {
    const share = stream.between(0.3 + 0.1 * strength, 0.4 + 0.2 * strength);
    for (let i = 0; i < view.length; i++) view[i] = mix(view[i]!, partner[i]!, share);
  },
};

/**
 * Optical densities times a matrix near the identity, as other dyes or another scanner would give
 * them. `mixing`: how much of each channel goes to the others.
 */
export function stainMatrix({ mixing = 0.5 }: ShiftParameters): Shift {
  return {
    apply: (view, _partner, { channels, size }, strength, stream) => {
      const matrix = drawMatrix(channels, strength, mixing, stream);
      const plane = size * size;
      const densities = new Float32Array(channels);
      for (let pixel = 0; pixel < plane; pixel++) {
        let brightest = 0;
        for (let channel = 0; channel < channels; channel++) {
          const value = view[channel * plane + pixel]!;
          brightest = Math.max(brightest, value);
          densities[channel] = -Math.log(Math.max(darkest, value));
        }
        // A pixel without any light carries no information about the stains.
        if (brightest < darkest) continue;
        for (let channel = 0; channel < channels; channel++) {
          let density = 0;
          for (let other = 0; other < channels; other++) {
            density += matrix[channel * channels + other]! * densities[other]!;
          }
          view[channel * plane + pixel] = Math.exp(-Math.max(0, density));
        }
      }
    },
  };
}

/** Each stain clearly stronger or weaker, mixed with the others. */
function drawMatrix(
  channels: number,
  strength: number,
  mixing: number,
  stream: RandomStream,
): Float32Array {
  const matrix = new Float32Array(channels * channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let other = 0; other < channels; other++) {
      const sign = stream.uniform() < 0.5 ? -1 : 1;
      const draw = stream.between(0.2 + 0.25 * strength, 0.4 + 0.5 * strength);
      matrix[channel * channels + other] =
        other === channel ? Math.exp(sign * draw) : 0.5 * mixing * sign * draw;
    }
  }
  return matrix;
}

export const channelSwap: Shift = {
  apply: (view, _partner, { channels, size }, strength, stream) => {
    const share = 0.4 + 0.6 * strength;
    const plane = size * size;
    const source = view.slice();
    let order = stream.permutation(channels);
    while (channels > 1 && order.every((from, to) => from === to)) {
      order = stream.permutation(channels);
    }
    let changed = 0;
    for (let i = 0; i < view.length; i++) {
      const from = order[Math.floor(i / plane)]! * plane + (i % plane);
      view[i] = mix(source[i]!, source[from]!, share);
      changed += Math.abs(view[i]! - source[i]!);
    }
    // A grey picture in three channels has nothing to swap.
    if (changed / view.length >= visible) return;
    for (let i = 0; i < view.length; i++) view[i] = mix(source[i]!, 1 - source[i]!, share);
  },
};

/** `towards`: −1 brighter, 1 darker, 0 by chance. */
export function gamma({ towards = 0 }: ShiftParameters): Shift {
  return {
    apply: (view, _partner, _shape, strength, stream) => {
      const drawn = stream.between(0.35 + 0.35 * strength, 0.55 + 0.75 * strength);
      const chance = stream.uniform() < 0.5 ? -1 : 1;
      const exponent = Math.exp(drawn * (Math.sign(Math.round(towards)) || chance));
      for (let i = 0; i < view.length; i++) view[i] = view[i]! ** exponent;
    },
  };
}

/** `corners`: 0 darkens one side, 1 the corners. */
export function unevenLight({ corners = 0.3 }: ShiftParameters): Shift {
  return {
    apply: (view, _partner, shape, strength, stream) => {
      const depth = stream.between(0.3 + 0.2 * strength, 0.45 + 0.45 * strength);
      const angle = stream.between(0, 2 * Math.PI);
      darken(view, shape, (across, down) => {
        const side = (across * Math.cos(angle) + down * Math.sin(angle)) / Math.SQRT2;
        const corner = (across * across + down * down) / 2;
        return depth * mix((1 + side) / 2, corner, corners);
      });
    },
  };
}

/** Multiplies each pixel by 1 − `shade` of its place, −1 … 1 from edge to edge. */
function darken(
  view: Float32Array,
  { channels, size }: ShiftShape,
  shade: (across: number, down: number) => number,
): void {
  const place = (at: number): number => (size > 1 ? (2 * at) / (size - 1) - 1 : 0);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const light = 1 - Math.min(1, shade(place(x), place(y)));
      for (let channel = 0; channel < channels; channel++) {
        const at = (channel * size + y) * size + x;
        view[at] = view[at]! * light;
      }
    }
  }
}

function mix(one: number, other: number, share: number): number {
  return (1 - share) * one + share * other;
}
