import { describe, expect, it } from 'vitest';
import { differences, readRunConfig } from '../../../../src-renderer/state/run-config.ts';

/** As the core keeps it. */
const kept = {
  ...{ dataset: 'cells', snapshotHash: 'a', preset: 'quick', specimen: 'stained' },
  ...{ method: 'anchored', overrides: { steps: '30' }, seed: 1, engine: 'auto' },
  settings: { steps: 30, alpha: 1 },
  outliers: [{ name: 'dust', weight: 1, snapshotHash: 'b', images: 12 }],
  ...{ shifts: [], codeVersion: '0.1.0' },
};

describe('the description of a run', () => {
  it('is read as the core keeps it', () => {
    expect(readRunConfig({ config: kept })).toEqual({
      ...{ dataset: 'cells', preset: 'quick', specimen: 'stained', method: 'anchored' },
      ...{ overrides: { steps: '30' }, seed: 1, engine: 'auto', shifts: [] },
      acceptOverlaps: false,
      settings: { steps: 30, alpha: 1 },
      outliers: [{ name: 'dust', weight: 1 }],
    });
  });

  it('is not guessed at when another version wrote it', () => {
    expect(readRunConfig({ config: null })).toBeUndefined();
    expect(readRunConfig({ config: { ...kept, preset: 'slow' } })).toBeUndefined();
    expect(readRunConfig({ config: { ...kept, outliers: 'dust' } })).toBeUndefined();
  });

  it('differs from another in what was asked differently, and in nothing else', () => {
    const one = readRunConfig({ config: kept })!;
    const other = readRunConfig({
      config: { ...kept, seed: 2, outliers: [], settings: { steps: 30, alpha: 0.5 } },
    })!;
    expect(differences(one, one)).toEqual([]);
    expect(differences(one, other)).toEqual([
      { name: 'seed', one: '1', other: '2' },
      { name: 'outliers', one: 'dust (weight 1)', other: 'none' },
      { name: 'alpha', one: '1', other: '0.5' },
    ]);
  });
});
