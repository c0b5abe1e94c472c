// A setting as data: its range, default and meaning. The command line, the window's
// form and the worker accept exactly what these tables allow.

import { Failure } from './failure.ts';
import { decimalPoint } from './figures.ts';

export interface NumberSetting {
  readonly kind: 'number' | 'integer';
  readonly min: number;
  readonly max: number;
  readonly standard: number;
  readonly meaning: string;
}
export interface ChoiceSetting {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly standard: string;
  readonly meaning: string;
}
/** The name of something that users add. */
export interface NameSetting {
  readonly kind: 'name';
  readonly standard: string;
  readonly meaning: string;
}
export type Setting = NumberSetting | ChoiceSetting | NameSetting;
export type SettingTable = Readonly<Record<string, Setting>>;
export type SettingValue = number | string;

/** The values of a table's settings. */
export type ValuesOf<Table extends SettingTable> = {
  readonly [Name in keyof Table]: Table[Name] extends {
    readonly choices: infer C extends readonly string[];
  }
    ? C[number]
    : Table[Name] extends NameSetting
      ? string
      : number;
};

export const number = (standard: number, min: number, max: number, meaning: string) =>
  ({ kind: 'number', min, max, standard, meaning }) as const;
export const integer = (standard: number, min: number, max: number, meaning: string) =>
  ({ kind: 'integer', min, max, standard, meaning }) as const;
export const choice = <const C extends readonly string[]>(
  standard: C[number],
  choices: C,
  meaning: string,
) => ({ kind: 'choice', choices, standard, meaning }) as const;
export const name = (standard: string, meaning: string) =>
  ({ kind: 'name', standard, meaning }) as const;

/** Lower case letters, digits, dots, dashes. */
const nameRule = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** The value, a number where the setting is one. Throws `bad-input` with the allowed values. */
export function parseSetting(title: string, setting: Setting, value: SettingValue): SettingValue {
  if (setting.kind === 'choice') {
    if (setting.choices.includes(String(value))) return String(value);
    throw new Failure(
      'bad-input',
      `${title} is one of ${setting.choices.join(', ')}, not "${value}".`,
    );
  }
  if (setting.kind === 'name') {
    if (nameRule.test(String(value))) return String(value);
    throw new Failure(
      'bad-input',
      `${title} is a name of lower case letters, digits, dots and dashes, not "${value}".`,
    );
  }
  const parsed = typeof value === 'string' && value.trim() === '' ? NaN : Number(value);
  const whole = setting.kind === 'number' || Number.isInteger(parsed);
  if (!whole || !(parsed >= setting.min && parsed <= setting.max)) {
    const kind = setting.kind === 'integer' ? 'a whole number' : 'a number';
    throw new Failure(
      'bad-input',
      `${title} is ${kind} from ${setting.min} to ${setting.max} (${setting.meaning}), not "${value}".` +
        (setting.kind === 'number' ? decimalPoint(String(value)) : ''),
    );
  }
  return parsed;
}
