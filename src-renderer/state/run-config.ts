// The description of a run as the core keeps it, read for the window.

import { trainInput, type RunDetails } from '#contract/core.ts';
import { presetMethod, type MethodName } from '#domain/run-settings.ts';

export type RunConfig = Omit<ReturnType<typeof trainInput.parse>, 'method'> & {
  readonly method: MethodName;
  /** Every setting, resolved. */
  readonly settings: Readonly<Record<string, string | number>>;
};

/** undefined when another version wrote it in a way that this one does not understand. */
export function readRunConfig({ config }: Pick<RunDetails, 'config'>): RunConfig | undefined {
  const { settings, outliers, ...rest } = (config ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(outliers)) return undefined;
  const known = [
    'dataset',
    'preset',
    'specimen',
    'method',
    'overrides',
    'shifts',
    'seed',
    'engine',
  ];
  const asked = trainInput.safeParse({
    ...Object.fromEntries(known.map((name) => [name, rest[name]])),
    outliers: (outliers as readonly { name: unknown; weight: unknown }[]).map(
      ({ name, weight }) => ({ name, weight }),
    ),
  });
  if (!asked.success) return undefined;
  return {
    ...asked.data,
    method: asked.data.method ?? presetMethod[asked.data.preset],
    settings: (settings ?? {}) as RunConfig['settings'],
  };
}

export interface Difference {
  readonly name: string;
  readonly one: string;
  readonly other: string;
}

/** What was asked differently of two runs, settings included. */
export function differences(one: RunConfig, other: RunConfig): readonly Difference[] {
  const [first, second] = [facts(one), facts(other)];
  return [...new Set([...first.keys(), ...second.keys()])].flatMap((name) => {
    const pair = { one: first.get(name) ?? '–', other: second.get(name) ?? '–' };
    return pair.one === pair.other ? [] : [{ name, ...pair }];
  });
}

function facts(config: RunConfig): Map<string, string> {
  const { dataset, preset, specimen, method, seed, engine, outliers, shifts, settings } = config;
  return new Map([
    ...Object.entries({ dataset, preset, specimen, method, seed: String(seed), engine }),
    ['outliers', listed(outliers.map(({ name, weight }) => `${name} (weight ${weight})`))],
    ['shifts', listed(shifts.map(({ name, strength }) => `${name} (strength ${strength})`))],
    ...Object.entries(settings).map(([name, value]) => [name, String(value)] as const),
  ]);
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ');
}
