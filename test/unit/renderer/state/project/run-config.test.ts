import { describe, expect, it } from 'vitest';
import { resolveSettings } from '#domain/run-settings.ts';
import {
  differences,
  readRunConfig,
} from '../../../../../src-renderer/state/project/run-config.ts';

const chosen = { preset: 'quick', specimen: 'stained', method: 'anchored' } as const;
const overrides = { steps: '30' };
const settings = resolveSettings({ ...chosen, overrides });

/** As the core keeps it. */
const kept = {
  ...{ dataset: 'cells', snapshotHash: 'a', ...chosen, overrides, seed: 1, engine: 'auto' },
  settings,
  outliers: [{ name: 'dust', weight: 1, snapshotHash: 'b', images: 12 }],
  ...{ shifts: [], codeVersion: '0.1.0' },
};

describe('the description of a run', () => {
  it('is read as the core keeps it', () => {
    expect(readRunConfig({ config: kept })).toEqual(kept);
  });

  it('of an older version is read without the settings of other methods', () => {
    const simclr = { ...kept, method: 'simclr', settings: { ...settings, alpha: 1, anchor: 1 } };
    const read = readRunConfig({ config: simclr });
    expect(read?.settings['alpha']).toBeUndefined();
    expect(read?.settings.steps).toBe(30);
  });

  it('is undefined when another version wrote it', () => {
    expect(readRunConfig({ config: null })).toBeUndefined();
    expect(readRunConfig({ config: { ...kept, preset: 'slow' } })).toBeUndefined();
    expect(readRunConfig({ config: { ...kept, outliers: 'dust' } })).toBeUndefined();
  });

  it('lists the differing settings only', () => {
    const run = { config: kept, snapshotHash: 'a', codeVersion: '0.1.0' };
    const config = { ...kept, seed: 2, outliers: [], settings: { ...kept.settings, alpha: 0.5 } };
    expect(differences(run, run)).toEqual([]);
    expect(differences(run, { ...run, config })).toEqual([
      { name: 'seed', one: '1', other: '2' },
      { name: 'outliers', one: 'dust (weight 1)', other: 'none' },
      { name: 'alpha', one: '1', other: '0.5' },
    ]);
    expect(differences(run, { ...run, config: null })).toBeUndefined();
  });

  it('lists differing images of an edited dataset, and the version', () => {
    const run = { config: kept, snapshotHash: 'a', codeVersion: '0.1.0' };
    expect(differences(run, { ...run, snapshotHash: 'b', codeVersion: '0.2.0' })).toEqual([
      { name: 'images (hash)', one: 'a', other: 'b' },
      { name: 'version', one: '0.1.0', other: '0.2.0' },
    ]);
  });

  it('lists every difference of a shift', () => {
    const of = (shift: object) => ({
      ...{ snapshotHash: 'a', codeVersion: '0.1.0' },
      config: { ...kept, shifts: [{ name: 'rotate', strength: 0.5, weight: 1, ...shift }] },
    });
    expect(differences(of({}), of({ weight: 2, parameters: { angle: 30 } }))).toEqual([
      {
        name: 'shifts',
        one: 'rotate (strength 0.5)',
        other: 'rotate (strength 0.5, weight 2, angle 30)',
      },
    ]);
  });
});
