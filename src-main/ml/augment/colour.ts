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
  for (let i = 0; i < plane; i++) {
    const r = view[i]!;
    const g = view[plane + i]!;
    const b = view[2 * plane + i]!;
    const highest = r > g ? (r > b ? r : b) : g > b ? g : b;
    const range = highest - (r < g ? (r < b ? r : b) : g < b ? g : b);
    if (range === 0) continue; // grey has no hue
    let hue: number;
    if (highest === r) hue = (g - b) / range;
    else if (highest === g) hue = 2 + (b - r) / range;
    else hue = 4 + (r - g) / range;
    hue = hue / 6 + turn + 1;
    hue = (hue - Math.floor(hue)) * 6;
    view[i] = highest - range * share(hue + 5);
    view[plane + i] = highest - range * share(hue + 3);
    view[2 * plane + i] = highest - range * share(hue + 1);
  }
}

/** How far below the highest channel a channel is, at this distance on the colour circle (sixths). */
function share(sixths: number): number {
  const k = sixths >= 6 ? sixths - 6 : sixths;
  const nearer = k < 2 ? k : 4 - k;
  return nearer < 0 ? 0 : nearer > 1 ? 1 : nearer;
}
