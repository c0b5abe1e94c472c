// Linear algebra of symmetric matrices for the Mahalanobis distance and the ridge classifier.
// Matrices are row-major; of symmetric and of lower triangular ones only the lower half is read.

/** Mean of `count` rows of length d = rows.length / count, [d]. */
export function meanOfRows(rows: Float32Array, count: number): Float64Array {
  const d = rows.length / count;
  const mean = new Float64Array(d);
  for (let i = 0; i < rows.length; i++) mean[i % d]! += rows[i]! / count;
  return mean;
}

/** The lower half of the unbiased covariance of `count` rows around their mean, [d, d]; count ≥ 2. */
export function covarianceOfRows(
  rows: Float32Array,
  mean: Float64Array,
  count: number,
): Float64Array {
  const d = mean.length;
  const covariance = new Float64Array(d * d);
  const centred = new Float64Array(d);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < d; i++) centred[i] = rows[row * d + i]! - mean[i]!;
    for (let i = 0; i < d; i++) {
      const a = centred[i]! / (count - 1);
      for (let j = 0; j <= i; j++) covariance[i * d + j]! += a * centred[j]!;
    }
  }
  return covariance;
}

/** The lower factor L of L·Lᵀ = matrix, [d, d]; the matrix is symmetric and positive definite. */
export function cholesky(matrix: Float64Array, d: number): Float64Array {
  const factor = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * d + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * d + k]! * factor[j * d + k]!;
      factor[i * d + j] = i === j ? Math.sqrt(sum) : sum / factor[j * d + j]!;
    }
  }
  return factor;
}

/** L⁻¹ · right of a lower factor, [d]. */
export function solveLower(factor: Float64Array, right: Float64Array): Float64Array {
  const d = right.length;
  const solved = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    let sum = right[i]!;
    for (let j = 0; j < i; j++) sum -= factor[i * d + j]! * solved[j]!;
    solved[i] = sum / factor[i * d + i]!;
  }
  return solved;
}

/** L⁻ᵀ · right of a lower factor, [d]. */
export function solveLowerTransposed(factor: Float64Array, right: Float64Array): Float64Array {
  const d = right.length;
  const solved = new Float64Array(d);
  for (let i = d - 1; i >= 0; i--) {
    let sum = right[i]!;
    for (let j = i + 1; j < d; j++) sum -= factor[j * d + i]! * solved[j]!;
    solved[i] = sum / factor[i * d + i]!;
  }
  return solved;
}

/** vᵀ (L·Lᵀ)⁻¹ v = ‖L⁻¹ v‖²: the squared Mahalanobis distance of a difference v from the mean. */
export function squaredMahalanobis(factor: Float64Array, difference: Float64Array): number {
  const solved = solveLower(factor, difference);
  let squares = 0;
  for (let i = 0; i < solved.length; i++) squares += solved[i]! ** 2;
  return squares;
}

/** ‖vector‖₂. */
export function lengthOf(vector: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!;
  return Math.sqrt(squares);
}

/** Rows of `length`, each divided by its own length; all of them when `kept` is left out. */
export function unitRows(
  rows: Float32Array,
  length: number,
  kept: readonly number[] = Array.from({ length: rows.length / length }, (_, row) => row),
): Float32Array {
  const unit = new Float32Array(kept.length * length);
  kept.forEach((row, index) => {
    const source = rows.subarray(row * length, (row + 1) * length);
    const norm = Math.max(lengthOf(source), 1e-12);
    for (let i = 0; i < length; i++) unit[index * length + i] = source[i]! / norm;
  });
  return unit;
}
