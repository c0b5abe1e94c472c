import { describe, expect, it } from 'vitest';
import { trainInput } from '#contract/core.ts';
import type { OutlierMix } from '#contract/outlier.ts';
import { methodNames } from '#domain/methods/methods.ts';
import { resolveSettings, openSettings } from '#domain/run-settings.ts';
import { OutlierSelection } from '../../../../../src-renderer/state/project/outlier-selection.svelte.ts';
import { DatasetInView } from '../../../../../src-renderer/state/dataset-in-view.svelte.ts';
import { TrainForm } from '../../../../../src-renderer/state/project/train-form.svelte.ts';
import { settingGroups } from '../../../../../src-renderer/views/train/choices.ts';
import { fakeCore } from '../../support/fake-core.ts';

function newForm(): TrainForm {
  const { client } = fakeCore({ 'mix.set': (mix) => mix as OutlierMix });
  return new TrainForm(new OutlierSelection(client, (work) => void work()), new DatasetInView());
}

describe('the form of a training', () => {
  it('sends no overrides when nothing is typed, and all existing outlier sources', () => {
    const input = newForm().input('cells', ['dust', 'photographs']);
    expect(trainInput.parse(input)).toEqual({
      ...{ dataset: 'cells', preset: 'quick', specimen: 'stained', method: 'anchored' },
      ...{ overrides: {}, shifts: [], seed: 0, engine: 'auto' },
      ...{ acceptOverlaps: false, rank: true },
      outliers: [
        { name: 'dust', weight: 1 },
        { name: 'photographs', weight: 1 },
      ],
    });
  });

  it('leaves out what the method does not take', () => {
    const form = newForm();
    form.outlierSelection.changeShift('cut-mix', { strength: 0.3, isUsed: true });
    form.ownMethod = 'oecl';
    expect(form.input('cells', ['dust'])).toMatchObject({
      outliers: [{ name: 'dust', weight: 1 }],
      shifts: [],
    });
    form.ownMethod = 'self-oecl';
    expect(form.input('cells', ['dust'])).toMatchObject({
      outliers: [],
      shifts: [{ name: 'cut-mix', weight: 1, strength: 0.3 }],
    });
    form.ownMethod = 'simclr';
    expect(form.input('cells', ['dust'])).toMatchObject({ outliers: [], shifts: [] });
  });

  it('leaves shifts to the advisor until the user enables one, or says otherwise', () => {
    const form = newForm();
    expect(form.isRecommended).toBe(true);
    form.outlierSelection.changeShift('dust', { isUsed: true });
    expect(form.isRecommended).toBe(false);
    expect(form.input('cells', []).shifts).toMatchObject([{ name: 'dust' }]);
    form.ownMix = 'recommended';
    expect(form.input('cells', []).shifts).toEqual([]);
    // A method without shifts has nothing to be advised on.
    form.ownMethod = 'oecl';
    expect(form.isRecommended).toBe(false);
    form.ownMethod = undefined;
    form.outlierSelection.changeShift('dust', { isUsed: false });
    form.ownMix = 'own';
    expect(form.isRecommended).toBe(false);
  });

  it('reports an invalid setting where it is typed, until it is corrected', () => {
    const form = newForm();
    form.type('alpha', '9999');
    expect(form.faultOf('alpha')).toContain('alpha is a number from 0 to 100');
    expect(form.fault).toBe(form.faultOf('alpha'));
    expect(form.faultOf('steps')).toBeUndefined();
    form.type('alpha', '');
    expect(form.fault).toContain('alpha');
    form.reset('alpha');
    expect(form.fault).toBeUndefined();
    expect(form.valueOf('alpha')).toBe('1');
  });

  it('refuses a crop range with minimum above maximum, and marks neither value alone', () => {
    const form = newForm();
    form.type('cropMax', '0.3');
    expect(form.faultOf('cropMax')).toBeUndefined();
    expect(form.fault).toContain('cropMin (0.5) is above cropMax (0.3)');
    form.type('cropMin', '0.2');
    expect(form.fault).toBeUndefined();
  });

  it('marks settings that differ from the preset, and updates the marks for another preset', () => {
    const form = newForm();
    form.type('steps', '40');
    form.type('batch', '64');
    expect(form.changed).toEqual(['steps']);
    expect(form.input('cells', [])).toMatchObject({ overrides: { steps: '40' } });
    form.type('steps', '0');
    form.preset = 'paper';
    expect(form.changed).toEqual([]);
  });

  it('takes everything from a run, and says the same again', () => {
    const chosen = {
      preset: 'standard',
      specimen: 'fluorescence',
      method: 'mixed',
      overrides: { alpha: '2' },
    } as const;
    const asked = {
      ...chosen,
      ...{ dataset: 'cells', seed: 7 },
      engine: 'cpu',
      outliers: [{ name: 'dust', weight: 3 }],
      shifts: [{ name: 'defocus', weight: 1, strength: 0.8 }],
    } as const;
    const form = newForm();
    form.type('steps', '11');
    const { shifts } = trainInput.parse(asked);
    const config = {
      ...{ ...asked, shifts, snapshotHash: 'a', codeVersion: '1' },
      settings: resolveSettings(chosen),
      outliers: [{ ...asked.outliers[0], snapshotHash: 'b', images: 3 }],
    };
    form.takeFrom(4, config, ['dust', 'photographs']);
    expect(form.takenFrom).toBe(4);
    expect(form.input('cells', ['dust', 'photographs'])).toEqual({ ...asked, rank: true });
  });

  it('requires a whole number as the seed', () => {
    const form = newForm();
    for (const seed of ['-1', '1.5', 'x', '', '99999999999999999999']) {
      form.seed = seed;
      expect(form.fault).toBe('The seed is a whole number from 0.');
    }
    form.seed = '12';
    expect(form.fault).toBeUndefined();
  });

  it('shows every setting once', () => {
    for (const method of methodNames) {
      const shown = settingGroups(method).flatMap(({ names }) => names);
      expect(shown.sort()).toEqual(Object.keys(openSettings(method)).sort());
    }
  });

  it('keeps what was typed for another method, and does not send it', () => {
    const form = newForm();
    form.type('anchor', '3');
    form.ownMethod = 'simclr';
    expect([form.changed, form.fault]).toEqual([[], undefined]);
    expect(form.input('cells', []).overrides).toEqual({});
    form.ownMethod = undefined;
    expect(form.input('cells', []).overrides).toEqual({ anchor: '3' });
  });

  it('reports what the method lacks, and which shifts it uses when nothing is chosen', () => {
    const form = newForm();
    expect(form.outlierFault([])).toBeUndefined();
    expect(form.standardShifts([])).toEqual(['cut-mix', 'cut-out', 'small-paste']);
    expect(form.standardShifts(['dust'])).toEqual([]);
    form.ownMethod = 'oecl';
    expect(form.outlierFault([])).toMatch(/The oecl method needs outliers: name an outlier source/);
    expect(form.outlierFault(['dust'])).toBeUndefined();
    form.outlierSelection.changeSource('dust', { isUsed: false });
    expect(form.outlierFault(['dust'])).toMatch(
      /The oecl method needs outliers: name an outlier source/,
    );
  });

  it('keeps what is changed under Advanced with its dataset', () => {
    const form = newForm();
    form.useFor('cells');
    form.type('steps', '20');
    form.seed = '7';
    form.ownMethod = 'oecl';
    form.useFor('nuclei');
    expect(form.input('nuclei', [])).toMatchObject({ overrides: {}, seed: 0, method: 'anchored' });
    form.type('batch', '32');
    form.useFor('cells');
    expect(form.input('cells', [])).toMatchObject({
      ...{ overrides: { steps: '20' }, seed: 7, method: 'oecl' },
    });
  });
});
