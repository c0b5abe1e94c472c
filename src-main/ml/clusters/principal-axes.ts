// The leading principal axes of standardised features, by block power iteration with a seeded start.

import { purpose, RandomStream } from '#domain/random.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface PrincipalPoints {
  /** Values of a point. */
  readonly d: number;
  /** [count, d]: the rows along the leading axes, each of variance 1 (whitened). */
  readonly points: Float64Array;
  /** The variance along each axis, of standardised features. */
  readonly variances: Float64Array;
}

/** Axes that are iterated beyond those wanted: they make the others converge. */
const spare = 8;
const mostRounds = 60;
/** Relative change of the variances at which the axes are found. */
const smallChange = 1e-9;
/** Features that hardly vary stay where they are. */
const leastDeviation = 1e-9;

/**
 * rows [count, length]: features, which are centred and divided by their standard deviation. `most`: axes, at
 * most; fewer where there are fewer directions. The sign of an axis makes its largest weight positive.
 */
export async function principalPoints(
  rows: Float32Array,
  count: number,
  most: number,
  pause: () => Promise<void>,
): Promise<PrincipalPoints> {
  const length = rows.length / count;
  const standard = standardised(rows, count);
  const d = Math.max(1, Math.min(most, count - 1, length));
  const width = Math.min(d + spare, count - 1, length);
  const stream = new RandomStream(0, purpose.sample);
  let axes = orthonormal(
    Float64Array.from({ length: length * width }, () => stream.normal()),
    width,
  );
  let before = new Float64Array(width);
  for (let round = 0; ; round++) {
    const along = times(standard, axes, count, length, width);
    const { values, vectors } = symmetricEigen(gram(along, count, width), width);
    const variances = values.map((value) => value / count);
    const change = variances
      .subarray(0, d)
      .reduce((sum, value, i) => Math.max(sum, Math.abs(value - before[i]!)), 0);
    if (change <= smallChange * variances[0]! || round === mostRounds) {
      return whitened(along, count, width, d, vectors, variances, axes, length);
    }
    before = variances;
    axes = orthonormal(timesTransposed(standard, along, count, length, width), width);
    await pause();
  }
}

function standardised(rows: Float32Array, count: number): Float64Array {
  const length = rows.length / count;
  const standard = new Float64Array(rows.length);
  for (let i = 0; i < length; i++) {
    let mean = 0;
    for (let n = 0; n < count; n++) mean += rows[n * length + i]! / count;
    let squares = 0;
    for (let n = 0; n < count; n++) squares += (rows[n * length + i]! - mean) ** 2;
    const deviation = Math.sqrt(squares / count);
    if (deviation < leastDeviation) continue;
    for (let n = 0; n < count; n++) {
      standard[n * length + i] = (rows[n * length + i]! - mean) / deviation;
    }
  }
  return standard;
}

/** [count, length] · [length, width] */
function times(
  rows: Float64Array,
  axes: Float64Array,
  count: number,
  length: number,
  width: number,
): Float64Array {
  const product = new Float64Array(count * width);
  for (let n = 0; n < count; n++) {
    const own = product.subarray(n * width, (n + 1) * width);
    for (let i = 0; i < length; i++) {
      const value = rows[n * length + i]!;
      for (let j = 0; j < width; j++) own[j]! += value * axes[i * width + j]!;
    }
  }
  return product;
}

/** [count, length]ᵀ · [count, width] */
function timesTransposed(
  rows: Float64Array,
  along: Float64Array,
  count: number,
  length: number,
  width: number,
): Float64Array {
  const product = new Float64Array(length * width);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < length; i++) {
      const value = rows[n * length + i]!;
      for (let j = 0; j < width; j++) product[i * width + j]! += value * along[n * width + j]!;
    }
  }
  return product;
}

/** [count, width]ᵀ · [count, width] */
function gram(along: Float64Array, count: number, width: number): Float64Array {
  return timesTransposed(along, along, count, width, width);
}

/** Columns of [length, width] made orthonormal, in place (Gram and Schmidt, twice). */
function orthonormal(columns: Float64Array, width: number): Float64Array {
  const length = columns.length / width;
  for (let j = 0; j < width; j++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < j; k++) {
        let dot = 0;
        for (let i = 0; i < length; i++) dot += columns[i * width + j]! * columns[i * width + k]!;
        for (let i = 0; i < length; i++) columns[i * width + j]! -= dot * columns[i * width + k]!;
      }
    }
    let squares = 0;
    for (let i = 0; i < length; i++) squares += columns[i * width + j]! ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let i = 0; i < length; i++) columns[i * width + j]! *= scale;
  }
  return columns;
}

/** The points along the axes that `vectors` (columns) make of the iterated ones. */
function whitened(
  along: Float64Array,
  count: number,
  width: number,
  most: number,
  vectors: Float64Array,
  variances: Float64Array,
  axes: Float64Array,
  length: number,
): PrincipalPoints {
  // Directions without variance say nothing.
  const d = Math.max(
    1,
    variances.subarray(0, most).filter((value) => value > 1e-9 * variances[0]!).length,
  );
  const turned = times(axes, vectors, length, width, width);
  const signs = Array.from({ length: d }, (_, j) => {
    let largest = 0;
    for (let i = 0; i < length; i++) {
      const weight = turned[i * width + j]!;
      if (Math.abs(weight) > Math.abs(largest)) largest = weight;
    }
    return largest < 0 ? -1 : 1;
  });
  const scores = times(along, vectors, count, width, width);
  const points = new Float64Array(count * d);
  for (let n = 0; n < count; n++) {
    for (let j = 0; j < d; j++) {
      const variance = Math.max(variances[j]!, 1e-12);
      points[n * d + j] = (signs[j]! * scores[n * width + j]!) / Math.sqrt(variance);
    }
  }
  return { d, points, variances: variances.slice(0, d) };
}
