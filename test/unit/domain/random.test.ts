// Philox against the known answers of its authors' library (Random123, kat_vectors), and the streams
// made of it: uniform, independent, repeatable.

import { describe, expect, it } from 'vitest';
import { philox, purpose, RandomStream } from '#domain/random.ts';

const hexadecimal = (words: Iterable<number>) =>
  [...words].map((word) => word.toString(16).padStart(8, '0')).join(' ');
const parse = (text: string) => Uint32Array.from(text.split(' '), (word) => parseInt(word, 16));

describe('Philox4x32-10', () => {
  it.each([
    [
      '00000000 00000000 00000000 00000000',
      '00000000 00000000',
      '6627e8d5 e169c58d bc57ac4c 9b00dbd8',
    ],
    [
      'ffffffff ffffffff ffffffff ffffffff',
      'ffffffff ffffffff',
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
    ],
    [
      '243f6a88 85a308d3 13198a2e 03707344',
      'a4093822 299f31d0',
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ])('turns counter %s with key %s into %s', (counter, key, answer) => {
    const block = parse(counter);
    const [key0, key1] = parse(key);
    philox(block, key0!, key1!);
    expect(hexadecimal(block)).toBe(answer);
  });
});

describe('a stream', () => {
  const draw = (stream: RandomStream, count: number) =>
    Array.from({ length: count }, () => stream.word());

  it('gives the words of successive blocks', () => {
    const stream = new RandomStream(0, 0, 7, 8, 9);
    const blocks = [0, 1, 2].map((index) => {
      const block = Uint32Array.of(index, 7, 8, 9);
      philox(block, 0, 0);
      return block;
    });
    expect(draw(stream, 12)).toEqual(blocks.flatMap((block) => [...block]));
  });

  it('is the same for the same seed, purpose and words', () => {
    const make = () => new RandomStream(2 ** 53 - 1, purpose.view, 1, 2, 3);
    expect(draw(make(), 100)).toEqual(draw(make(), 100));
  });

  it('differs from every other when any part of its key differs', () => {
    const keys: readonly (readonly [number, number, number?, number?, number?])[] = [
      ...Object.values(purpose).map((word) => [1, word] as const),
      ...[0, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 40, 2 ** 53 - 1].map(
        (seed) => [seed, purpose.view] as const,
      ),
      [1, purpose.view, 1],
      [1, purpose.view, 0, 1],
      [1, purpose.view, 0, 0, 1],
      [1, purpose.view, 2 ** 32 - 1],
    ];
    const starts = keys.map((key) => hexadecimal(draw(new RandomStream(...key), 8)));
    expect(new Set(starts).size).toBe(keys.length);
    const words = starts.flatMap((start) => start.split(' '));
    expect(new Set(words).size).toBe(words.length);
  });

  it('has a distinct purpose word for each purpose', () => {
    const words = Object.values(purpose);
    expect(new Set(words).size).toBe(words.length);
    expect(words.every((word) => Number.isInteger(word) && word > 0 && word < 256)).toBe(true);
  });

  it('is independent of its neighbours: correlation of 20,000 draws within 4 standard errors', () => {
    const count = 20_000;
    const streams = [
      new RandomStream(1, purpose.view),
      new RandomStream(2, purpose.view),
      new RandomStream(1, purpose.shift),
      new RandomStream(1, purpose.view, 1),
    ].map((stream) => Array.from({ length: count }, () => stream.uniform() - 0.5));
    for (let a = 0; a < streams.length; a++) {
      for (let b = 0; b < a; b++) {
        const sum = streams[a]!.reduce((total, value, i) => total + value * streams[b]![i]!, 0);
        expect(Math.abs((12 * sum) / count)).toBeLessThan(4 / Math.sqrt(count));
      }
    }
  });
});

describe('draws', () => {
  const stream = (word: number) => new RandomStream(42, purpose.sample, word);

  it('uniform: in [0, 1), 256 bins even by chi-square, every bit of a word half set', () => {
    const source = stream(1);
    const draws = 256_000;
    const bins = new Uint32Array(256);
    const bits = new Uint32Array(32);
    for (let i = 0; i < draws; i++) {
      const value = source.uniform();
      if (!(value >= 0 && value < 1)) expect.fail(`${value}`);
      bins[Math.floor(value * 256)]!++;
      const word = value * 2 ** 32;
      for (let bit = 0; bit < 32; bit++) bits[bit]! += Math.floor(word / 2 ** bit) % 2;
    }
    const even = draws / bins.length;
    const chiSquare = bins.reduce((sum, count) => sum + (count - even) ** 2 / even, 0);
    // 255 degrees of freedom: mean 255, standard deviation 22.6.
    expect(chiSquare).toBeGreaterThan(255 - 4 * 22.6);
    expect(chiSquare).toBeLessThan(255 + 4 * 22.6);
    for (const set of bits)
      expect(Math.abs(set / draws - 0.5)).toBeLessThan((4 * 0.5) / Math.sqrt(draws));
  });

  it('between: inside its bounds, with their middle as mean', () => {
    const source = stream(2);
    const values = Array.from({ length: 50_000 }, () => source.between(-3, 5));
    expect(Math.min(...values.slice(0, 10_000))).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...values.slice(0, 10_000))).toBeLessThan(5);
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    expect(Math.abs(mean - 1)).toBeLessThan((4 * 8) / Math.sqrt(12 * values.length));
    expect(source.between(2, 2)).toBe(2);
  });

  it('integer: every value below the bound, equally often; large bounds too', () => {
    const source = stream(3);
    const counts = new Uint32Array(7);
    for (let i = 0; i < 70_000; i++) counts[source.integer(7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    expect(source.integer(1)).toBe(0);
    const large = Array.from({ length: 1000 }, () => source.integer(2 ** 32));
    expect(Math.max(...large)).toBeGreaterThan(0.98 * 2 ** 32);
    expect(large.every((value) => Number.isInteger(value) && value < 2 ** 32)).toBe(true);
  });

  it('normal: mean 0, variance 1, and the tails of a normal distribution', () => {
    const source = stream(4);
    const values = Array.from({ length: 100_000 }, () => source.normal());
    const moment = (power: number) =>
      values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.013);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.018);
    expect(Math.abs(moment(3))).toBeLessThan(0.05);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.13);
    const beyond = values.filter((value) => Math.abs(value) > 1.959964).length / values.length;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(0.003);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('permutation: each number once, all 24 orders of 4 equally often', () => {
    for (const length of [0, 1, 2, 1000]) {
      const sorted = [...stream(5).permutation(length)].sort((a, b) => a - b);
      expect(sorted).toEqual(Array.from({ length }, (_, index) => index));
    }
    const source = stream(6);
    const seen = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = source.permutation(4).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(24);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });
});
