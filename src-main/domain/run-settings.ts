// Every setting of a run: its range, default and meaning. The command line, the form in the window
// and the worker read this one table; unknown keys and values out of range are refused.

import { Failure } from './failure.ts';
import { nearestName } from './nearest-name.ts';
import { networkNames, networkTable } from './network-table.ts';
import { scoreNames } from './score.ts';

export const methodNames = ['oecl', 'self-oecl', 'mixed', 'anchored', 'simclr'] as const;
export type MethodName = (typeof methodNames)[number];

export const presetNames = ['quick', 'standard', 'paper'] as const;
export type PresetName = (typeof presetNames)[number];

export const specimenNames = ['stained', 'fluorescence', 'natural'] as const;
export type SpecimenName = (typeof specimenNames)[number];

/** Fewer normal training images are refused: nothing can be learnt from them. */
export const fewestNormals = 8;

interface NumberSetting {
  readonly kind: 'number' | 'integer';
  readonly min: number;
  readonly max: number;
  readonly standard: number;
  readonly meaning: string;
}
interface ChoiceSetting {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly standard: string;
  readonly meaning: string;
}

const number = (standard: number, min: number, max: number, meaning: string) =>
  ({ kind: 'number', min, max, standard, meaning }) as const;
const integer = (standard: number, min: number, max: number, meaning: string) =>
  ({ kind: 'integer', min, max, standard, meaning }) as const;
const choice = <const C extends readonly string[]>(
  standard: C[number],
  choices: C,
  meaning: string,
) => ({ kind: 'choice', choices, standard, meaning }) as const;

/** The table. `standard` is the published reference for cells (arXiv 2312.15288 and its code). */
export const settingTable = {
  network: choice(
    'resnet18',
    networkNames,
    networkNames.map((name) => `${name}: ${networkTable[name].meaning}`).join('; '),
  ),
  width: integer(64, 4, 256, 'channels of the first stage (64 is the usual ResNet-18)'),
  inputSize: integer(64, 16, 512, 'side of the square the network sees, pixels'),
  batch: integer(64, 2, 1024, 'normal images in a step (each gives two views)'),
  outlierBatch: integer(64, 0, 1024, 'outlier images in a step (each gives two views)'),
  epochs: integer(1000, 1, 100_000, 'passes over the normal images; ignored when steps is set'),
  steps: integer(0, 0, 10_000_000, 'optimiser steps in all; 0 lets epochs decide'),
  warmup: number(0.05, 0, 1, 'part of the training before the outlier terms switch on'),
  alpha: number(0.1, 0, 100, 'weight of the outlier norm in the loss'),
  anchor: number(1, 0, 100, 'weight of the normal-side norm term (anchored method only)'),
  temperature: number(0.5, 0.01, 10, 'temperature of NT-Xent'),
  optimiser: choice(
    'sgd',
    ['sgd', 'lars', 'adam', 'adamw'],
    'sgd is what the reference code does; lars is real LARS; adam and adamw take rates near 0.001',
  ),
  learningRate: number(0.1, 1e-6, 100, 'learning rate at the start'),
  momentum: number(0.9, 0, 0.9999, 'momentum; of Adam the decay rate of its mean gradient'),
  weightDecay: number(5e-4, 0, 1, 'weight decay on every weight'),
  trust: number(0.001, 1e-6, 10, 'trust coefficient of LARS'),
  schedule: choice('epoch', ['epoch', 'step'], 'the cosine falls once an epoch or at every step'),
  normalRotation: choice('none', ['none', '90'], 'add copies turned by 90° as further normals'),
  cropMin: number(0.5, 0.01, 1, 'smallest part of the image area a view shows'),
  cropMax: number(1, 0.01, 1, 'largest part of the image area a view shows'),
  flip: number(0.5, 0, 1, 'chance of a left–right mirror image'),
  verticalFlip: number(0, 0, 1, 'chance of an upside-down mirror image'),
  brightness: number(0.4, 0, 1, 'brightness factor is drawn from 1 ± this'),
  contrast: number(0.4, 0, 1, 'contrast factor is drawn from 1 ± this'),
  saturation: number(0.4, 0, 1, 'saturation factor is drawn from 1 ± this'),
  hue: number(0.1, 0, 0.5, 'hue turns by up to this part of the colour circle'),
  jitter: number(0.8, 0, 1, 'chance that brightness, contrast, saturation and hue change at all'),
  grey: number(0.2, 0, 1, 'chance that a view loses its colour'),
  views: integer(32, 0, 256, 'random views averaged in a score, beside the plain one'),
  rankBy: choice('normOfMean', scoreNames, 'the score that ranks images and sets the threshold'),
  falseAlarms: number(0.05, 0.0001, 0.5, 'part of normal images that may be flagged'),
  threads: integer(0, 0, 256, 'processor threads; 0 takes one per core'),
} as const satisfies Record<string, NumberSetting | ChoiceSetting>;

export type SettingName = keyof typeof settingTable;

/** What runs, models and checkpoints of versions before a setting meant, which do not name it. */
export const laterSettings = { network: 'resnet18' } as const;

/** All settings of a run, resolved. */
export type RunSettings = {
  readonly [K in SettingName]: (typeof settingTable)[K] extends {
    choices: infer C extends readonly string[];
  }
    ? C[number]
    : number;
};

const presets: Record<PresetName, Partial<RunSettings>> = {
  quick: {
    width: 16,
    inputSize: 32,
    steps: 300,
    batch: 64,
    outlierBatch: 64,
    schedule: 'step',
    learningRate: 0.1,
    alpha: 1,
    anchor: 1,
    warmup: 0.05,
    views: 8,
    rankBy: 'mahalanobis',
  },
  standard: { width: 32, inputSize: 64, epochs: 200, schedule: 'step' },
  paper: {},
};

const specimens: Record<SpecimenName, Partial<RunSettings>> = {
  // Colour is evidence in a stained cell: jitter must not teach the network to ignore it.
  stained: {
    brightness: 0.1,
    contrast: 0.1,
    saturation: 0.1,
    hue: 0.02,
    grey: 0,
    verticalFlip: 0.5,
  },
  // Brightness differs from field to field; hue has no meaning where channels are stains.
  fluorescence: {
    brightness: 0.3,
    contrast: 0.3,
    saturation: 0,
    hue: 0,
    grey: 0,
    verticalFlip: 0.5,
  },
  natural: { cropMin: 0.08, alpha: 1 },
};

/** The method a preset takes when the user names none. */
export const presetMethod: Readonly<Record<PresetName, MethodName>> = {
  quick: 'anchored',
  standard: 'anchored',
  paper: 'oecl',
};

export interface SettingChoice {
  readonly preset: PresetName;
  readonly specimen: SpecimenName;
  readonly method: MethodName;
  /** From `--set key=value` or the form; strings are parsed. */
  readonly overrides: Readonly<Record<string, string | number>>;
}

/** Defaults, then specimen, then preset, then overrides. Throws `unknown-option` or `bad-input`. */
export function resolveSettings(chosen: SettingChoice): RunSettings {
  const resolved: Record<string, string | number> = {};
  for (const [name, setting] of Object.entries(settingTable)) resolved[name] = setting.standard;
  Object.assign(resolved, specimens[chosen.specimen], presets[chosen.preset]);
  if (chosen.method === 'simclr') resolved['outlierBatch'] = 0;
  for (const [name, value] of Object.entries(chosen.overrides)) {
    resolved[name] = parseSetting(name, value);
  }
  const settings = resolved as unknown as RunSettings;
  const { cropMin, cropMax } = settings;
  if (cropMin > cropMax) {
    throw new Failure(
      'bad-input',
      `cropMin (${cropMin}) is above cropMax (${cropMax}). Set both so that cropMin is the smaller.`,
    );
  }
  return settings;
}

/** Throws `unknown-option` with the nearest right name, or `bad-input` with the allowed range. */
function parseSetting(name: string, value: string | number): string | number {
  if (!Object.hasOwn(settingTable, name)) {
    const nearest = nearestName(name, Object.keys(settingTable));
    throw new Failure('unknown-option', `There is no setting "${name}"${nearest}.`);
  }
  const setting: NumberSetting | ChoiceSetting = settingTable[name as SettingName];
  if (setting.kind === 'choice') {
    if (setting.choices.includes(String(value))) return String(value);
    throw new Failure(
      'bad-input',
      `${name} is one of ${setting.choices.join(', ')}, not "${value}".`,
    );
  }
  const parsed = typeof value === 'string' && value.trim() === '' ? NaN : Number(value);
  const whole = setting.kind === 'number' || Number.isInteger(parsed);
  if (!whole || !(parsed >= setting.min && parsed <= setting.max)) {
    const kind = setting.kind === 'integer' ? 'a whole number' : 'a number';
    throw new Failure(
      'bad-input',
      `${name} is ${kind} from ${setting.min} to ${setting.max} (${setting.meaning}), not "${value}".`,
    );
  }
  return parsed;
}
