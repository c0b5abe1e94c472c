// Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations.

export interface Eigen {
  /** Descending, [d]. */
  readonly values: Float64Array;
  /** [d, d]: column j belongs to value j. */
  readonly vectors: Float64Array;
}

const mostSweeps = 60;

/** `matrix`: symmetric [d, d]; not changed. */
export function symmetricEigen(matrix: Float64Array, d: number): Eigen {
  const a = matrix.slice();
  const v = new Float64Array(d * d);
  for (let i = 0; i < d; i++) v[i * d + i] = 1;
  for (let sweep = 0; sweep < mostSweeps && !isDiagonal(a, d); sweep++) {
    for (let p = 0; p < d; p++) {
      for (let q = p + 1; q < d; q++) rotate(a, v, d, p, q);
    }
  }
  const order = Array.from({ length: d }, (_, i) => i).sort(
    (i, j) => a[j * d + j]! - a[i * d + i]!,
  );
  const vectors = new Float64Array(d * d);
  order.forEach((from, to) => {
    for (let i = 0; i < d; i++) vectors[i * d + to] = v[i * d + from]!;
  });
  return { values: Float64Array.from(order, (i) => a[i * d + i]!), vectors };
}

function isDiagonal(a: Float64Array, d: number): boolean {
  let off = 0;
  let on = 0;
  for (let i = 0; i < d; i++) {
    on += a[i * d + i]! ** 2;
    for (let j = 0; j < i; j++) off += a[i * d + j]! ** 2;
  }
  return off <= 1e-28 * on;
}

/** Makes a[p, q] zero (Golub and Van Loan, section 8.5). */
function rotate(a: Float64Array, v: Float64Array, d: number, p: number, q: number): void {
  const off = a[p * d + q]!;
  if (off === 0) return;
  const theta = (a[q * d + q]! - a[p * d + p]!) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let i = 0; i < d; i++) {
    const [x, y] = [a[i * d + p]!, a[i * d + q]!];
    a[i * d + p] = c * x - s * y;
    a[i * d + q] = s * x + c * y;
  }
  for (let i = 0; i < d; i++) {
    const [x, y] = [a[p * d + i]!, a[q * d + i]!];
    a[p * d + i] = c * x - s * y;
    a[q * d + i] = s * x + c * y;
    const [u, w] = [v[i * d + p]!, v[i * d + q]!];
    v[i * d + p] = c * u - s * w;
    v[i * d + q] = s * u + c * w;
  }
}
