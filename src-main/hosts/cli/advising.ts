// Advice on shifts on the command line: its progress, and the mix that a training takes when none is named.

import type { CoreEvents } from '#contract/core.ts';
import type { RecommendedMix } from '#contract/outlier.ts';
import type { StartName } from '#domain/methods/methods.ts';
import { takesShifts } from '#domain/run-outliers.ts';
import { presetMethod, type PresetName, type SpecimenName } from '#domain/run-settings.ts';
import { printable } from '#domain/printable.ts';
import type { CoreClient } from './project.ts';
import type { Shell } from './shell.ts';

/** Shows how far the advisor is while `ask` waits for it; Ctrl+C stops it. */
export async function withAdviceProgress<Answer>(
  client: CoreClient,
  shell: Shell,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const progress = shell.progress('Measuring shifts');
  const off = client.on('advice.progress', ({ done, total }: CoreEvents['advice.progress']) => {
    progress.update({ done, total, unit: 'images' });
  });
  const controller = new AbortController();
  try {
    return await shell.interrupts.during(() => controller.abort(), ask(controller.signal));
  } finally {
    off();
    progress.end();
  }
}

interface Asked {
  readonly dataset: string;
  readonly preset: PresetName;
  readonly specimen: SpecimenName;
  readonly method?: StartName;
  readonly outliers: readonly unknown[];
  readonly shifts: readonly unknown[];
}

/** The recommended shifts and why, where a training names no outliers and its method takes shifts. */
export async function recommendedInput(
  client: CoreClient,
  shell: Shell,
  { dataset, preset, specimen, method = presetMethod[preset], outliers, shifts }: Asked,
): Promise<{ shifts?: RecommendedMix['shifts'][number][]; recommended?: string }> {
  if (outliers.length + shifts.length > 0 || !takesShifts(method)) return {};
  const mix = await withAdviceProgress(client, shell, (signal) =>
    client.call('mix.recommend', { dataset, specimen, method }, signal),
  );
  shell.note(printable(mix.sentence));
  return { shifts: [...mix.shifts], recommended: mix.sentence };
}
