// The workload that times are divided by, so that a stored ratio holds on a faster or slower machine:
// hashing, sorting and strings, in about 50 ms of one core.

import { createHash } from 'node:crypto';

export type Clock = 'wall' | 'processor';

const bytes = Buffer.alloc(8 * 2 ** 20, 'normscope');

function workload(): string {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const numbers = Float64Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 100_003);
  numbers.sort((a, b) => b - a);
  const text = Array.from(numbers.subarray(0, 20_000), (number) => number.toString(36)).join();
  return `${hash}${text.length}`;
}

/** The shortest of five, milliseconds by each clock. */
export function referenceTime(): Readonly<Record<Clock, number>> {
  const times = Array.from({ length: 5 }, () => {
    const [used, start] = [process.cpuUsage(), performance.now()];
    workload();
    const { user, system } = process.cpuUsage(used);
    return { wall: performance.now() - start, processor: (user + system) / 1000 };
  });
  return {
    wall: Math.min(...times.map(({ wall }) => wall)),
    processor: Math.min(...times.map(({ processor }) => processor)),
  };
}
