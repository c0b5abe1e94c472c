import { expect, test } from 'vitest';
import { purpose, RandomStream } from '#domain/random.ts';
import { lengthOf, unitRows } from '#ml/linear-algebra.ts';
import { nearestByCosine, nearestBySquare } from '#ml/nearest.ts';

const length = 150;
const count = 60;
const stream = new RandomStream(5, purpose.sample);
const bank = Float32Array.from({ length: count * length }, () => stream.uniform() - 0.5);
const own = Float32Array.from({ length }, () => stream.uniform() - 0.5);
const rowOf = (rows: Float32Array, row: number) => rows.subarray(row * length, (row + 1) * length);
const everyRow = Array.from({ length: count }, (_, row) => row);

test('the same rows and distances as all distances, sorted', () => {
  const all = everyRow.map((row) => {
    const square = own.reduce((sum, value, i) => sum + (value - rowOf(bank, row)[i]!) ** 2, 0);
    return { row, value: square };
  });
  all.sort((a, b) => a.value - b.value);
  expect(nearestBySquare(own, bank, 7)).toEqual(all.slice(0, 7));
});

test('the same rows and cosines as all cosines, sorted', () => {
  const unit = unitRows(bank, length);
  const all = everyRow.map((row) => {
    const product = own.reduce((sum, value, i) => sum + value * rowOf(unit, row)[i]!, 0);
    return { row, value: product / lengthOf(own) };
  });
  all.sort((a, b) => b.value - a.value);
  expect(nearestByCosine(own, unit, 7)).toEqual(all.slice(0, 7));
});

test('of equal rows the earlier comes first, and a small bank gives what it has', () => {
  const twice = Float32Array.of(1, 0, 0, 1, 1, 0);
  const places = (found: readonly { readonly row: number }[]) => found.map(({ row }) => row);
  expect(places(nearestByCosine(Float32Array.of(2, 0), twice, 2))).toEqual([0, 2]);
  expect(places(nearestBySquare(Float32Array.of(1, 0), twice, 9))).toEqual([0, 2, 1]);
  expect(nearestBySquare(own, new Float32Array(0), 5)).toEqual([]);
});
