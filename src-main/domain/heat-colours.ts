// How a heat map is drawn: from nothing over yellow and orange to dark red.

export interface HeatValues {
  readonly columns: number;
  readonly rows: number;
  /** Row by row: nothing is drawn from 0 down, the full colour from 1 up. */
  readonly values: readonly number[];
}

/** Colour and opacity at equal distances from 0 to 1; lightness falls, so that it can be read without hue. */
const stops = [
  [255, 240, 120, 0],
  [254, 200, 60, 0.45],
  [250, 130, 30, 0.75],
  [220, 40, 20, 0.92],
  [150, 0, 30, 1],
] as const;

/** Red, green and blue 0 … 255, and opacity 0 … 1. */
export function heatColour(value: number): readonly [number, number, number, number] {
  const place = Math.min(1, Math.max(0, value)) * (stops.length - 1);
  const before = Math.min(Math.floor(place), stops.length - 2);
  const [low, high] = [stops[before]!, stops[before + 1]!];
  const part = place - before;
  const mixed = (i: 0 | 1 | 2 | 3) => low[i] + part * (high[i] - low[i]);
  return [mixed(0), mixed(1), mixed(2), mixed(3)];
}

/**
 * RGBA of width · height pixels, row by row: values between the centres of positions are interpolated, then
 * coloured. `opacity`: of the full colour, 0 … 1.
 */
export function heatPixels(
  { columns, rows, values }: HeatValues,
  width: number,
  height: number,
  opacity: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * width * height);
  const across = Array.from({ length: width }, (_, x) => between(x, width, columns));
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = between(y, height, rows);
    for (let x = 0; x < width; x++) {
      const [left, right, part] = across[x]!;
      const at = (row: number) =>
        (1 - part) * values[row * columns + left]! + part * values[row * columns + right]!;
      const colour = heatColour((1 - down) * at(top) + down * at(bottom));
      const place = 4 * (y * width + x);
      for (let i = 0; i < 3; i++) pixels[place + i] = colour[i]!;
      pixels[place + 3] = 255 * opacity * colour[3];
    }
  }
  return pixels;
}

/** The two positions around a pixel, and how far it is from the first to the second. */
function between(pixel: number, pixels: number, positions: number): [number, number, number] {
  const place = Math.min(Math.max(((pixel + 0.5) / pixels) * positions - 0.5, 0), positions - 1);
  const before = Math.floor(place);
  return [before, Math.min(before + 1, positions - 1), place - before];
}
