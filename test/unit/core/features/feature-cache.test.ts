// The feature cache on a real disk: what comes back, what damage does, how it stays small.

import { createHash } from 'node:crypto';
import {
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FeatureCache, featureCacheLimit } from '#core/features/feature-cache.ts';
import { startProcess } from '../../../support/child-process.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const newFolder = tempFolders();
const key = { network: 'a'.repeat(64), preprocessing: { side: 64, reading: 'h' } };
const hashOf = (n: number) => createHash('sha256').update(String(n)).digest('hex');
const vectorOf = (n: number, size = 16) => Float32Array.from({ length: size }, (_, i) => n + i / 7);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const vectors = (from: number, to: number, size?: number) =>
  new Map(range(from, to).map((n) => [hashOf(n), vectorOf(n, size)]));

function lab(limit?: number) {
  const folder = join(newFolder(), 'features');
  const faults: string[] = [];
  const options = { onFault: (text: string) => faults.push(text) };
  const cache = new FeatureCache(folder, limit === undefined ? options : { ...options, limit });
  const known = async (from: number, to: number, of = key) => {
    const found = await cache.read(of, range(from, to).map(hashOf));
    for (const n of range(from, to)) {
      const vector = found.get(hashOf(n));
      if (vector) expect(vector).toEqual(vectorOf(n, vector.length));
    }
    return found.size;
  };
  const packs = () => readdirSync(folder).map((name) => join(folder, name));
  return { folder, cache, faults, known, packs };
}

describe('the feature cache', () => {
  it('gives back what was written, of the same network and preprocessing alone', async () => {
    const { cache, known, faults } = lab();
    expect(await known(0, 5)).toBe(0);
    await cache.write(key, vectors(0, 10));
    expect(await known(5, 15)).toBe(5);
    expect(await known(0, 10, { ...key, network: 'b'.repeat(64) })).toBe(0);
    expect(await known(0, 10, { ...key, preprocessing: { side: 65, reading: 'h' } })).toBe(0);
    await cache.write({ ...key, network: 'b'.repeat(64) }, vectors(0, 3, 8));
    expect(await known(0, 10, { ...key, network: 'b'.repeat(64) })).toBe(3);
    expect(faults).toEqual([]);
  });

  it('takes a damaged file for none, says so, and removes it', async () => {
    const { cache, known, packs, faults } = lab();
    const damages: ((path: string) => void)[] = [
      (path) => truncateSync(path, statSync(path).size - 1),
      (path) => truncateSync(path, 5),
      (path) => writeFileSync(path, ''),
      ...[0, 9, 30, 400, 900].map((at) => (path: string) => {
        const bytes = readFileSync(path);
        bytes[at % bytes.length]! ^= 0x41;
        writeFileSync(path, bytes);
      }),
    ];
    for (const [index, damage] of damages.entries()) {
      await cache.write(key, vectors(0, 10));
      damage(packs()[0]!);
      expect(await known(0, 10), `damage ${index}`).toBe(0);
      expect(faults).toHaveLength(index + 1);
      expect(faults.at(-1)).toMatch(/is damaged\. It is removed/);
      expect(packs()).toEqual([]);
    }
  });

  it('lets go of what was not used for longest when it is full', async () => {
    const { cache, known, packs } = lab(3 * 1200);
    const written: string[] = [];
    for (const first of [0, 10, 20]) {
      await cache.write(key, vectors(first, first + 10));
      const path = packs().find((one) => !written.includes(one))!;
      written.push(path);
      // The files' own times are too coarse for a test.
      utimesSync(path, 1_000_000 + first, 1_000_000 + first);
    }
    expect(await known(0, 10)).toBe(10);
    await cache.write(key, vectors(30, 40));
    expect([
      await known(0, 10),
      await known(10, 20),
      await known(20, 30),
      await known(30, 40),
    ]).toEqual([10, 0, 10, 10]);
    const bytes = packs().reduce((sum, path) => sum + statSync(path).size, 0);
    expect(bytes).toBeLessThanOrEqual(3 * 1200);
    // What alone is larger than the limit is not kept, and pushes nothing out.
    await cache.write(key, vectors(100, 200));
    expect(await known(20, 40)).toBe(20);
    expect(await known(100, 200)).toBe(0);
  });

  it('merges small packs, so that many writes leave few files', async () => {
    const { cache, known, packs, faults } = lab();
    for (let n = 0; n < 60; n++) await cache.write(key, vectors(n, n + 2));
    expect(packs().length).toBeLessThanOrEqual(9);
    expect(await known(0, 61)).toBe(61);
    expect(faults).toEqual([]);
  });

  it('that cannot be written costs nothing but time, and says so', async () => {
    const folder = join(newFolder(), 'file');
    writeFileSync(folder, 'in the way');
    const faults: string[] = [];
    const cache = new FeatureCache(folder, { onFault: (text) => faults.push(text) });
    await cache.write(key, vectors(0, 3));
    expect((await cache.read(key, [hashOf(0)])).size).toBe(0);
    expect(faults).toEqual([
      expect.stringMatching(/could not be written: /),
      expect.stringMatching(/could not be read: /),
    ]);
  });

  it('serves two processes at once, while packs are merged and evicted', async () => {
    const folder = join(newFolder(), 'features');
    const script = new URL('./using-process.ts', import.meta.url);
    const processes = [0, 50].map((first) => startProcess(script, [folder, String(first), '80']));
    for (const one of processes) {
      const { found, wrong, faults } = JSON.parse(await one.line()) as {
        found: number;
        wrong: number;
        faults: string[];
      };
      expect({ wrong, faults }).toEqual({ wrong: 0, faults: [] });
      expect(found).toBeGreaterThan(80);
    }
  });

  it('has a limit that the environment can set', () => {
    expect(featureCacheLimit({})).toBe(2 ** 31);
    expect(featureCacheLimit({ NORMSCOPE_FEATURE_CACHE_MB: '100' })).toBe(100 * 2 ** 20);
    expect(featureCacheLimit({ NORMSCOPE_FEATURE_CACHE_MB: '0' })).toBe(0);
    expect(featureCacheLimit({ NORMSCOPE_FEATURE_CACHE_MB: 'much' })).toBe(2 ** 31);
  });
});
