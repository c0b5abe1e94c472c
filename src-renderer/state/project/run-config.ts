// Reads the stored configuration of a run, and lists the differences of two.

import type { RunDetails } from '#contract/core.ts';
import { parseRunConfig, type RunConfig } from '#contract/run-config.ts';

/** undefined when another version wrote it in a format that this one cannot read. */
export function readRunConfig({ config }: Pick<RunDetails, 'config'>): RunConfig | undefined {
  try {
    return parseRunConfig(config);
  } catch {
    return undefined;
  }
}

export interface Difference {
  readonly name: string;
  readonly one: string;
  readonly other: string;
}

type Described = Pick<RunDetails, 'config' | 'snapshotHash' | 'codeVersion'>;

/** Differences of two runs in images, settings and version; undefined as for `readRunConfig`. */
export function differences(one: Described, other: Described): readonly Difference[] | undefined {
  const [first, second] = [facts(one), facts(other)];
  if (!first || !second) return undefined;
  return [...new Set([...first.keys(), ...second.keys()])].flatMap((name) => {
    const pair = { one: first.get(name) ?? '–', other: second.get(name) ?? '–' };
    return pair.one === pair.other ? [] : [{ name, ...pair }];
  });
}

function facts(run: Described): Map<string, string> | undefined {
  const config = readRunConfig(run);
  if (!config) return undefined;
  const { dataset, preset, specimen, method, seed, engine, outliers, shifts, settings } = config;
  return new Map([
    ['dataset', dataset],
    // Differs for one dataset before and after an edit.
    ['images (hash)', run.snapshotHash.slice(0, 12)],
    ...Object.entries({ preset, specimen, method, seed: String(seed), engine }),
    ['outliers', listed(outliers.map(({ name, weight }) => `${name} (weight ${weight})`))],
    ['shifts', listed(shifts.map(formatShift))],
    ...Object.entries(settings).map(([name, value]) => [name, String(value)] as const),
    ['version', run.codeVersion],
  ]);
}

/** "rotate (strength 0.5, weight 2, angle 0.3)"; the weight only if it is not 1. */
function formatShift({ name, strength, weight, parameters }: RunConfig['shifts'][number]): string {
  const facts = [
    `strength ${strength}`,
    ...(weight === 1 ? [] : [`weight ${weight}`]),
    ...Object.entries(parameters ?? {}).map(([key, value]) => `${key} ${value}`),
  ];
  return `${name} (${facts.join(', ')})`;
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ');
}
