// A process that uses a feature cache together with others: writes vectors, reads all, says what it found.

import { createHash } from 'node:crypto';
import { FeatureCache } from '#core/features/feature-cache.ts';

const [folder, first, rounds] = process.argv.slice(2) as [string, string, string];
const faults: string[] = [];
// Room for about 60 of the 100 vectors of all processes: packs are evicted while they are read.
const cache = new FeatureCache(folder, { limit: 60_000, onFault: (text) => faults.push(text) });
const key = { network: 'n', preprocessing: 1 };
const hashOf = (n: number) => createHash('sha256').update(String(n)).digest('hex');
const vectorOf = (n: number) => Float32Array.from({ length: 200 }, (_, i) => n + i / 200);

let found = 0;
let wrong = 0;
for (let round = 0; round < Number(rounds); round++) {
  const own = Number(first) + (round % 50);
  await cache.write(key, new Map([[hashOf(own), vectorOf(own)]]));
  const all = Array.from({ length: 100 }, (_, n) => n);
  const read = await cache.read(key, all.map(hashOf));
  for (const n of all) {
    const vector = read.get(hashOf(n));
    if (!vector) continue;
    found++;
    if (vectorOf(n).some((value, i) => value !== vector[i])) wrong++;
  }
}
process.stdout.write(`${JSON.stringify({ found, wrong, faults })}\n`);
