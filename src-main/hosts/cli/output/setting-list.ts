// The settings of a run as help lists them: meaning, range, and what the presets make of them.

import { methodNames, type MethodName } from '#domain/methods/methods.ts';
import {
  isGeneral,
  presetMethod,
  presetNames,
  resolveSettings,
  openSettings,
  type PresetName,
} from '#domain/run-settings.ts';
import type { Setting } from '#domain/setting.ts';

type List = readonly (readonly [string, string])[];

/** Settings that every run has, for stained specimens and the method of each preset. */
export function generalSettingList(): List {
  return Object.keys(openSettings(presetMethod[presetNames[0]]))
    .filter(isGeneral)
    .map((name) => [name, described(name, (preset) => presetMethod[preset])]);
}

/** Settings that some methods have, with the methods. */
export function methodSettingList(): List {
  const names = new Set(methodNames.flatMap((method) => Object.keys(openSettings(method))));
  return [...names]
    .filter((name) => !isGeneral(name))
    .map((name) => {
      const having = methodNames.filter((method) => Object.hasOwn(openSettings(method), name));
      return [name, `${described(name, () => having[0]!)}; methods ${having.join(', ')}`];
    });
}

function described(name: string, methodOf: (preset: PresetName) => MethodName): string {
  const setting = openSettings(methodOf(presetNames[0]))[name]!;
  const range = rangeOf(setting);
  const values = presetNames.map((preset) => {
    const chosen = {
      preset,
      specimen: 'stained',
      method: methodOf(preset),
      overrides: {},
    } as const;
    return resolveSettings(chosen)[name]!;
  });
  const isAlways = values.every((value) => value === values[0]);
  const standards = isAlways
    ? `always ${values[0]!}`
    : presetNames.map((preset, i) => `${preset} ${values[i]!}`).join(', ');
  return `${setting.meaning}; ${range}; ${standards}`;
}

function rangeOf(setting: Setting): string {
  if (setting.kind === 'choice') return setting.choices.join(', ');
  return setting.kind === 'name' ? 'a name' : `${setting.min} to ${setting.max}`;
}
