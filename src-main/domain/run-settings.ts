// The settings of a run: those that every run has, and those of its method (methods/NAME.ts). The
// command line, the form in the window and the worker read these tables; unknown keys and values out of
// range are refused.

import { Failure } from './failure.ts';
import { cardOf, methodCards, type MethodName, type StartName } from './methods/methods.ts';
import { nearestName } from './nearest-name.ts';
import { networkNames, networkTable } from './network-table.ts';
import {
  choice,
  integer,
  number,
  parseSetting,
  type SettingTable,
  type SettingValue,
  type ValuesOf,
} from './setting.ts';

export const presetNames = ['quick', 'standard', 'paper'] as const;
export type PresetName = (typeof presetNames)[number];

export const specimenNames = ['stained', 'fluorescence', 'natural'] as const;
export type SpecimenName = (typeof specimenNames)[number];

/** Fewer normal training images are refused: too few to learn from. */
export const fewestNormals = 8;

/** Of runs of every method. `standard` is the published reference for cells (arXiv 2312.15288 and its code). */
export const generalSettings = {
  network: choice(
    'resnet18',
    networkNames,
    networkNames.map((name) => `${name}: ${networkTable[name].meaning}`).join('; '),
  ),
  width: integer(64, 4, 256, 'channels of the first stage (64 is the usual ResNet-18)'),
  inputSize: integer(64, 16, 512, 'side of the square the network sees, pixels'),
  batch: integer(64, 2, 1024, 'normal images in a step (each gives a view, or two)'),
  outlierBatch: integer(64, 0, 1024, 'outlier images in a step (each gives a view, or two)'),
  hardOutliers: number(
    1,
    0.01,
    1,
    'share of the images of each outlier source that is learnt: those that a frozen network finds ' +
      'nearest to the normal images; 1 takes all',
  ),
  epochs: integer(1000, 1, 100_000, 'passes over the normal images; ignored when steps is set'),
  steps: integer(0, 0, 10_000_000, 'optimiser steps in all; 0 uses epochs'),
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
  cropMin: number(0.5, 0.01, 1, 'smallest share of the image area a view shows'),
  cropMax: number(1, 0.01, 1, 'largest share of the image area a view shows'),
  flip: number(0.5, 0, 1, 'chance of a left–right mirror image'),
  verticalFlip: number(0, 0, 1, 'chance of an upside-down mirror image'),
  brightness: number(0.4, 0, 1, 'brightness factor is drawn from 1 ± this'),
  contrast: number(0.4, 0, 1, 'contrast factor is drawn from 1 ± this'),
  saturation: number(0.4, 0, 1, 'saturation factor is drawn from 1 ± this'),
  hue: number(0.1, 0, 0.5, 'hue turns by up to this share of the colour circle'),
  jitter: number(0.8, 0, 1, 'chance that brightness, contrast, saturation and hue change at all'),
  grey: number(0.2, 0, 1, 'chance that a view loses its colour'),
  views: integer(32, 0, 256, 'random views averaged in a score, beside the plain one'),
  turns: choice(
    'none',
    ['none', 'quarter'],
    'average the read-out over quarter turns: for specimens without an up and down',
  ),
  falseAlarms: number(0.05, 0.0001, 0.5, 'share of normal images that may be flagged'),
  threads: integer(0, 0, 256, 'processor threads; 0 takes one per core'),
} as const satisfies SettingTable;

/** All settings of a run, resolved: the general ones, the score that ranks, and the method's own. */
export type RunSettings = ValuesOf<typeof generalSettings> & { readonly rankBy: string } & Readonly<
    Record<string, SettingValue>
  >;

/** Values of settings for runs, models and checkpoints of versions that did not have them. */
export const laterSettings: Readonly<Record<string, SettingValue>> = {
  network: 'resnet18',
  turns: 'none',
  hardOutliers: 1,
};

/** The settings of random views, that is, of what may vary in a normal image. */
export const viewSettingNames = [
  ...(['cropMin', 'cropMax', 'flip', 'verticalFlip', 'brightness', 'contrast'] as const),
  ...(['saturation', 'hue', 'jitter', 'grey'] as const),
] as const;
export type ViewSettings = Pick<RunSettings, (typeof viewSettingNames)[number]>;

/** The settings that runs of a method have. */
export function settingsOf(method: MethodName): SettingTable {
  const { settings, scores, rankBy } = cardOf(method);
  return {
    ...generalSettings,
    rankBy: choice(
      rankBy,
      scores.map(({ name }) => name),
      'the score that ranks images and sets the threshold',
    ),
    ...settings,
  };
}

/** The settings that a user can choose for a method: those that it reads. */
export function openSettings(method: MethodName): SettingTable {
  const { general, settings } = cardOf(method);
  if (general === undefined) return settingsOf(method);
  const open = [...general, 'rankBy', ...Object.keys(settings)];
  return Object.fromEntries(
    Object.entries(settingsOf(method)).filter(([name]) => open.includes(name)),
  );
}

/** Whether runs of every method have it. */
export function isGeneral(name: string): boolean {
  return name === 'rankBy' || Object.hasOwn(generalSettings, name);
}

const presets: Record<PresetName, Partial<ValuesOf<typeof generalSettings>>> = {
  quick: {
    width: 16,
    inputSize: 32,
    steps: 300,
    batch: 64,
    outlierBatch: 64,
    schedule: 'step',
    learningRate: 0.1,
    views: 8,
  },
  standard: { width: 32, inputSize: 64, epochs: 200, schedule: 'step' },
  paper: {},
};

const specimens: Record<SpecimenName, Partial<ValuesOf<typeof generalSettings>>> = {
  // Colour is evidence in a stained cell: jitter must not teach the network to ignore it.
  stained: {
    brightness: 0.1,
    contrast: 0.1,
    saturation: 0.1,
    hue: 0.02,
    grey: 0,
    verticalFlip: 0.5,
    turns: 'quarter',
  },
  // Brightness differs from field to field; hue has no meaning where channels are stains.
  fluorescence: {
    brightness: 0.3,
    contrast: 0.3,
    saturation: 0,
    hue: 0,
    grey: 0,
    verticalFlip: 0.5,
    turns: 'quarter',
  },
  natural: { cropMin: 0.08 },
};

/** The method a preset takes when the user names none. */
export const presetMethod: Readonly<Record<PresetName, StartName>> = {
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
  return resolved(chosen, openSettings(chosen.method));
}

function resolved(chosen: SettingChoice, open: SettingTable): RunSettings {
  const values = standardsOf(chosen, settingsOf(chosen.method));
  for (const [name, value] of Object.entries(chosen.overrides)) {
    if (!Object.hasOwn(open, name)) throw noSetting(name, chosen.method, open);
    values[name] = parseSetting(name, open[name]!, value);
  }
  return checked(values);
}

/**
 * Reads settings stored by an earlier version. Settings of other methods are dropped, because every run
 * used to store those of all methods. Settings that the version lacked have their value of then
 * (`laterSettings`). Throws `unknown-option` and `bad-input`.
 */
export function storedSettings(chosen: SettingChoice): RunSettings {
  const table = settingsOf(chosen.method);
  const own = Object.entries(chosen.overrides).filter(
    ([name]) => Object.hasOwn(table, name) || !isOfAMethod(name),
  );
  const overrides = { ...laterSettings, ...Object.fromEntries(own) };
  return resolved({ ...chosen, overrides }, table);
}

/** Checks that settings are exactly those of a method; the fault as text, else undefined. */
export function settingFault(
  method: MethodName,
  settings: Readonly<Record<string, SettingValue>>,
): string | undefined {
  const table = settingsOf(method);
  const missing = Object.keys(table).filter((name) => !Object.hasOwn(settings, name));
  if (missing.length > 0) return `The settings lack ${missing.join(', ')}.`;
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(table, name)) return noSetting(name, method, table).message;
    const setting = table[name]!;
    const isText = setting.kind === 'choice' || setting.kind === 'name';
    if (typeof value !== (isText ? 'string' : 'number')) {
      return `${name} is of the wrong type.`;
    }
    try {
      parseSetting(name, setting, value);
    } catch (error) {
      if (error instanceof Failure) return error.message;
      throw error;
    }
  }
  return undefined;
}

function isOfAMethod(name: string): boolean {
  return methodCards.some(({ settings }) => Object.hasOwn(settings, name));
}

function standardsOf(
  { method, specimen, preset }: SettingChoice,
  table: SettingTable,
): Record<string, SettingValue> {
  const card = cardOf(method);
  return {
    ...Object.fromEntries(Object.entries(table).map(([name, { standard }]) => [name, standard])),
    ...specimens[specimen],
    ...card.specimens[specimen],
    ...presets[preset],
    ...card.presets[preset],
    ...(card.outliers === 'none' ? { outlierBatch: 0 } : {}),
  };
}

function noSetting(name: string, method: MethodName, table: SettingTable): Failure {
  const nearest = nearestName(name, Object.keys(table));
  const others = methodCards.filter((card) => Object.hasOwn(openSettings(card.name), name));
  const text =
    others.length === 0
      ? `There is no setting "${name}"${nearest}.`
      : `The ${method} method has no setting "${name}"${nearest}. Methods that have it: ` +
        `${others.map((card) => card.name).join(', ')}.`;
  return new Failure('unknown-option', text);
}

/** Throws `bad-input` when two settings contradict each other. */
function checked(values: Readonly<Record<string, SettingValue>>): RunSettings {
  const settings = values as RunSettings;
  const { cropMin, cropMax } = settings;
  if (cropMin > cropMax) {
    throw new Failure(
      'bad-input',
      `cropMin (${cropMin}) is above cropMax (${cropMax}). Set both so that cropMin is the smaller.`,
    );
  }
  return settings;
}
