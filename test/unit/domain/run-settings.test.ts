// The table of settings: consistent in itself, resolved in order, and strict about what it is given.

import { describe, expect, it } from 'vitest';
import { cardOf, methodNames } from '#domain/methods/methods.ts';
import {
  presetMethod,
  presetNames,
  resolveSettings,
  settingFault,
  openSettings,
  settingsOf,
  specimenNames,
  storedSettings,
  type SettingChoice,
} from '#domain/run-settings.ts';

const paper = { preset: 'paper', specimen: 'natural', method: 'oecl', overrides: {} } as const;
const resolve = (choice: Partial<SettingChoice>) => resolveSettings({ ...paper, ...choice });
const set = (overrides: SettingChoice['overrides']) => resolve({ overrides });
const table = settingsOf('oecl');
const settingNames = Object.keys(table);

const everyChoice = presetNames.flatMap((preset) =>
  specimenNames.flatMap((specimen) => methodNames.map((method) => ({ preset, specimen, method }))),
);

describe('the table', () => {
  it.each(settingNames)('%s has a default within its range, and a meaning', (name) => {
    const setting = table[name]!;
    expect(set({ [name]: setting.standard })[name]).toBe(setting.standard);
    expect(setting.meaning).toMatch(/\w{3}/);
    if (setting.kind === 'choice') {
      expect(setting.choices).toContain(setting.standard);
      expect(new Set(setting.choices).size).toBe(setting.choices.length);
    } else if (setting.kind !== 'name') {
      expect(setting.min).toBeLessThan(setting.max);
    }
  });

  it('takes the least and the greatest of each range', () => {
    for (const name of settingNames) {
      const setting = table[name]!;
      if (setting.kind === 'choice' || setting.kind === 'name' || /^crop/.test(name)) continue;
      expect(set({ [name]: setting.min })[name]).toBe(setting.min);
      expect(set({ [name]: setting.max })[name]).toBe(setting.max);
    }
  });
});

describe('resolving', () => {
  it('gives every setting, in range, for each preset, specimen and method', () => {
    for (const choice of everyChoice) {
      const settings = resolve(choice);
      expect(Object.keys(settings)).toEqual(Object.keys(settingsOf(choice.method)));
      expect(settingFault(choice.method, settings)).toBeUndefined();
      // Each value is taken again as an override: nothing in a preset is out of range.
      const open = Object.keys(openSettings(choice.method));
      const overrides = Object.fromEntries(open.map((name) => [name, settings[name]!]));
      expect(resolveSettings({ ...choice, overrides })).toEqual(settings);
    }
  });

  it('has the published values of natural images in the paper’s preset', () => {
    expect(resolve(paper)).toEqual({
      ...Object.fromEntries(settingNames.map((name) => [name, table[name]!.standard])),
      ...{ alpha: 1, cropMin: 0.08 },
    });
    expect(resolve(paper)).toMatchObject({
      ...{ width: 64, batch: 64, outlierBatch: 64, epochs: 1000, warmup: 0.05, temperature: 0.5 },
      ...{ optimiser: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4 },
      ...{ schedule: 'epoch', brightness: 0.4, hue: 0.1, jitter: 0.8, grey: 0.2, views: 32 },
    });
    expect(resolve({ specimen: 'stained' })['alpha']).toBe(0.1);
  });

  it('applies presets over specimens, and the user’s values over both', () => {
    const quick = { preset: 'quick', specimen: 'stained', method: 'anchored' } as const;
    expect(resolve(quick)).toMatchObject({ width: 16, inputSize: 32, hue: 0.02, alpha: 1 });
    expect(resolve({ ...quick, overrides: { width: 8, hue: 0.3 } })).toMatchObject({
      ...{ width: 8, inputSize: 32, hue: 0.3 },
    });
  });

  it('keeps colour as evidence in stained specimens, and hue out of fluorescence', () => {
    expect(resolve({ specimen: 'stained' })).toMatchObject({ hue: 0.02, grey: 0, saturation: 0.1 });
    expect(resolve({ specimen: 'fluorescence' })).toMatchObject({ hue: 0, grey: 0, saturation: 0 });
  });

  it('leaves SimCLR without outliers', () => {
    for (const preset of presetNames) {
      expect(resolve({ preset, method: 'simclr' }).outlierBatch).toBe(0);
    }
  });

  it('knows a method for each preset', () => {
    for (const preset of presetNames) expect(methodNames).toContain(presetMethod[preset]);
  });
});

describe('a value given as text', () => {
  it.each([
    ['width', '32', 32],
    ['learningRate', '1e-3', 0.001],
    ['learningRate', ' 0.5 ', 0.5],
    ['weightDecay', '0', 0],
    ['optimiser', 'lars', 'lars'],
    ['optimiser', 'adam', 'adam'],
    ['optimiser', 'adamw', 'adamw'],
    ['normalRotation', '90', '90'],
    ['normalRotation', 90, '90'],
    ['rankBy', 'nearest5', 'nearest5'],
  ] as const)('is read: %s=%s', (name, given, value) => {
    expect(set({ [name]: given })[name]).toBe(value);
  });

  it.each([
    ['width', '64.5', /^width is a whole number from 4 to 256 \(channels .*\), not "64.5"\.$/],
    ['width', 3, /from 4 to 256/],
    ['width', 257, /from 4 to 256/],
    ['width', '64,5', /not "64,5"\.$/],
    ['width', '', /a whole number .* not ""/],
    ['width', '  ', /a whole number/],
    ['width', 'wide', /not "wide"/],
    ['width', '64 px', /not "64 px"/],
    [
      'learningRate',
      '0,1',
      /^learningRate is a number from 0.000001 to 100 .* not "0,1"\. Write 0\.1\.$/,
    ],
    ['learningRate', NaN, /not "NaN"/],
    ['learningRate', 'Infinity', /not "Infinity"/],
    ['momentum', 1, /from 0 to 0.9999/],
    ['falseAlarms', 0, /from 0.0001 to 0.5/],
    ['optimiser', 'adagrad', /^optimiser is one of sgd, lars, adam, adamw, not "adagrad"\.$/],
    ['optimiser', '', /one of sgd, lars, adam, adamw, not ""/],
    ['optimiser', 'SGD', /one of sgd, lars/],
  ])('is refused with a message that gives its range: %s=%s', (name, given, words) => {
    expect(() => set({ [name]: given })).toThrow(
      expect.objectContaining({
        name: 'Failure',
        code: 'bad-input',
        message: expect.stringMatching(words) as string,
      }),
    );
  });
});

describe('a setting that does not exist', () => {
  it.each([
    ['widht', 'There is no setting "widht"; the nearest is "width".'],
    ['learningrate', 'There is no setting "learningrate"; the nearest is "learningRate".'],
    ['gpu', 'There is no setting "gpu".'],
    ['constructor', 'There is no setting "constructor".'],
    ['toString', 'There is no setting "toString".'],
    ['', 'There is no setting "".'],
  ])('is refused with the nearest right name: "%s"', (name, message) => {
    expect(() => set({ [name]: 1 })).toThrow(
      expect.objectContaining({ code: 'unknown-option', message }),
    );
  });

  it('is refused by the name of a prototype as well', () => {
    const overrides = JSON.parse('{"__proto__": 1}') as Record<string, number>;
    expect(() => set(overrides)).toThrow(/There is no setting "__proto__"/);
  });
});

it('a smallest crop above the largest is refused', () => {
  expect(() => set({ cropMin: 0.9, cropMax: 0.3 })).toThrow(
    expect.objectContaining({
      code: 'bad-input',
      message: 'cropMin (0.9) is above cropMax (0.3). Set both so that cropMin is the smaller.',
    }),
  );
  expect(set({ cropMin: 0.3, cropMax: 0.3 })).toMatchObject({ cropMin: 0.3, cropMax: 0.3 });
});

describe('the settings of one method', () => {
  it('are refused by others, with the names of the methods that have them', () => {
    expect(() => set({ anchor: 1 })).toThrow(
      expect.objectContaining({
        code: 'unknown-option',
        message: 'The oecl method has no setting "anchor". Methods that have it: anchored.',
      }),
    );
    expect(() => resolve({ method: 'simclr', overrides: { alpha: 1 } })).toThrow(
      'The simclr method has no setting "alpha". Methods that have it: anchored, oecl, self-oecl, mixed.',
    );
    expect(() => set({ rankBy: 'loudness' })).toThrow(/^rankBy is one of normOfMean, /);
  });

  it('have names that no general setting has, and one meaning in all methods', () => {
    const general = settingsOf('simclr');
    for (const method of methodNames) {
      for (const [name, setting] of Object.entries(cardOf(method).settings)) {
        if (name !== 'temperature') expect(Object.keys(general)).not.toContain(name);
        const others = methodNames.map((other) => cardOf(other).settings[name]);
        for (const other of others) if (other) expect(other.meaning).toBe(setting.meaning);
      }
    }
  });
});

describe('stored settings', () => {
  // As version 0.1.0 stored a SimCLR run: with the settings of all methods.
  const stored = { ...resolve({ method: 'simclr' }), warmup: 0.05, alpha: 1, anchor: 1 };
  const simclr = { ...paper, method: 'simclr' } as const;

  it('of older versions are read without those of other methods', () => {
    const { warmup, alpha, anchor, ...own } = stored;
    expect([warmup, alpha, anchor]).toEqual([0.05, 1, 1]);
    expect(storedSettings({ ...simclr, overrides: stored })).toEqual(own);
  });

  it('unknown to every version are refused, and missing ones have their defaults', () => {
    expect(() => storedSettings({ ...simclr, overrides: { ...stored, gpu: 1 } })).toThrow(
      /no setting "gpu"/,
    );
    expect(storedSettings({ ...simclr, overrides: { width: 8 } })).toEqual(
      resolve({ method: 'simclr', overrides: { width: 8 } }),
    );
  });

  it('that are not exactly those of a method are at fault', () => {
    const own = resolve({ method: 'simclr' });
    expect(settingFault('simclr', own)).toBeUndefined();
    expect(settingFault('simclr', stored)).toMatch(/simclr method has no setting "warmup"/);
    expect(settingFault('oecl', own)).toBe('The settings lack warmup, alpha.');
    expect(settingFault('simclr', { ...own, width: 3 })).toMatch(/width is a whole number/);
    expect(settingFault('simclr', { ...own, width: '8' })).toBe('width is of the wrong type.');
  });
});
