// Checks and arithmetic of shapes.

import type { Shape, Value } from './value.ts';

/** Throws an Error that names the operation when shapes do not fit: a bug of the caller. */
export function demand(condition: boolean, operation: string, ...values: readonly Value[]): void {
  if (condition) return;
  const shapes = values.map((value) => `[${value.shape.join(', ')}]`).join(' and ');
  throw new Error(`${operation} cannot take ${shapes}`);
}

export function outputSide(side: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((side + 2 * padding - kernel) / stride) + 1;
}

export function sameShape(a: Value, b: Value): boolean {
  return equalShapes(a.shape, b.shape);
}

/** As NumPy and ONNX broadcast: sides are equal or 1, counted from the last; null when they are not. */
export function broadcastShape(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const [left, right] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    if (left !== right && left !== 1 && right !== 1) return null;
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

export function equalShapes(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis]);
}
