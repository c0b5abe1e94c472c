// Brightness, contrast, saturation, hue and grey of a view [channels, size, size] in 0 … 1, in place.
// The formulas are torchvision's (transforms.functional, on float tensors).

const red = 0.2989;
const green = 0.587;
const blue = 0.114;

function clipped(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** Every value times `factor`. */
export function brighten(view: Float32Array, factor: number): void {
  const { length } = view;
  for (let i = 0; i < length; i++) view[i] = clipped(view[i]! * factor);
}

/** Towards (factor < 1) or away from the mean luminance; of other than three channels, from their mean. */
export function changeContrast(view: Float32Array, factor: number, channels: number): void {
  const mean = meanLuminance(view, channels);
  const rest = (1 - factor) * mean;
  const { length } = view;
  for (let i = 0; i < length; i++) view[i] = clipped(view[i]! * factor + rest);
}

function meanLuminance(view: Float32Array, channels: number): number {
  if (channels !== 3) {
    let sum = 0;
    for (let i = 0; i < view.length; i++) sum += view[i]!;
    return sum / view.length;
  }
  const plane = view.length / channels;
  let sum = 0;
  for (let i = 0; i < plane; i++) {
    sum += red * view[i]! + green * view[plane + i]! + blue * view[2 * plane + i]!;
  }
  return sum / plane;
}

/** Towards (factor < 1) or away from each pixel's own luminance. RGB only. */
export function saturate(view: Float32Array, factor: number): void {
  const plane = view.length / 3;
  for (let i = 0; i < plane; i++) {
    const r = view[i]!;
    const g = view[plane + i]!;
    const b = view[2 * plane + i]!;
    const rest = (1 - factor) * (red * r + green * g + blue * b);
    view[i] = clipped(r * factor + rest);
    view[plane + i] = clipped(g * factor + rest);
    view[2 * plane + i] = clipped(b * factor + rest);
  }
}

/** Luminance in all three planes. RGB only. */
export function makeGrey(view: Float32Array): void {
  saturate(view, 0);
}

/**
 * Of red, green and blue in each sixth of the circle: 0 highest, 1 rising, 2 lowest, 3 falling. A table,
 * since the branches of a switch would be mispredicted from pixel to pixel.
 */
const places = Uint8Array.of(0, 1, 2, 3, 0, 2, 2, 0, 1, 2, 3, 0, 1, 2, 0, 0, 2, 3);
/** Reused from pixel to pixel. */
const levels = new Float64Array(4);

/** Turns the hue by `turn` of the colour circle, −0.5 … 0.5, in HSV. RGB only. */
export function turnHue(view: Float32Array, turn: number): void {
  const plane = view.length / 3;
  const offset = 6 * turn + 12;
  for (let i = 0; i < plane; i++) {
    const r = view[i]!;
    const g = view[plane + i]!;
    const b = view[2 * plane + i]!;
    const highest = r > g ? (r > b ? r : b) : g > b ? g : b;
    const range = highest - (r < g ? (r < b ? r : b) : g < b ? g : b);
    if (range === 0) continue; // grey has no hue
    const lowest = highest - range;
    // In sixths of the circle, from red; 12 sixths more, so that none is below zero.
    const from =
      highest === r ? (g - b) / range : highest === g ? 2 + (b - r) / range : 4 + (r - g) / range;
    const sixths = from + offset;
    const whole = sixths | 0;
    const rest = sixths - whole;
    levels[0] = highest;
    levels[1] = lowest + range * rest;
    levels[2] = lowest;
    levels[3] = highest - range * rest;
    const sector = 3 * (whole % 6);
    view[i] = levels[places[sector]!]!;
    view[plane + i] = levels[places[sector + 1]!]!;
    view[2 * plane + i] = levels[places[sector + 2]!]!;
  }
}
