// Checks and arithmetic of shapes.

import type { Value } from './program.ts';

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
  return a.shape.length === b.shape.length && a.shape.every((side, axis) => side === b.shape[axis]);
}
