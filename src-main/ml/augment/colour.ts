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
  for (let i = 0; i < view.length; i++) view[i] = clipped(view[i]! * factor);
}

/** Towards (factor < 1) or away from the mean luminance. */
export function changeContrast(view: Float32Array, factor: number, channels: number): void {
  const mean = meanLuminance(view, channels);
  const rest = (1 - factor) * mean;
  for (let i = 0; i < view.length; i++) view[i] = clipped(view[i]! * factor + rest);
}

function meanLuminance(view: Float32Array, channels: number): number {
  const plane = view.length / channels;
  let sum = 0;
  if (channels === 1) {
    for (let i = 0; i < plane; i++) sum += view[i]!;
  } else {
    for (let i = 0; i < plane; i++) {
      sum += red * view[i]! + green * view[plane + i]! + blue * view[2 * plane + i]!;
    }
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
    const falling = highest - range * rest;
    const rising = lowest + range * rest;
    switch (whole % 6) {
      case 0:
        write(view, i, plane, highest, rising, lowest);
        break;
      case 1:
        write(view, i, plane, falling, highest, lowest);
        break;
      case 2:
        write(view, i, plane, lowest, highest, rising);
        break;
      case 3:
        write(view, i, plane, lowest, falling, highest);
        break;
      case 4:
        write(view, i, plane, rising, lowest, highest);
        break;
      default:
        write(view, i, plane, highest, lowest, falling);
    }
  }
}

function write(
  view: Float32Array,
  i: number,
  plane: number,
  r: number,
  g: number,
  b: number,
): void {
  view[i] = r;
  view[plane + i] = g;
  view[2 * plane + i] = b;
}
