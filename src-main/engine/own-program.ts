// Which engine is the fastest for one program: the two that were fastest in the short test take some of its
// own steps. A small net says little of a large one: a card wins or loses there by what each call costs.

import { createHash } from 'node:crypto';
import { ChoiceCache, type Choice, type ProgramTimes } from './choice-cache.ts';
import type { EngineName } from '#domain/engines/engine-report.ts';
import { patienceMs } from './examine-apart.ts';
import type { Program } from './ir/program.ts';
import type { StepTime } from './time-apart.ts';

/**
 * An engine so many times slower than another in the short test is not timed: no card that computes is, but a
 * card computed in software is slower by a thousand times.
 */
const hopeless = 30;

/**
 * Computes on the processor as the engine cpu does, in several times its time and memory (4 GB for a step
 * of the quick preset): it is there to check the others, and taken where it alone works.
 */
const reference: EngineName = 'tensorflow';

/** Not fewer for an engine after another has been timed, milliseconds: a card has to compile its shaders. */
const leastPatienceMs = 20_000;
/** … and so many times what the other one took, after which it can only be the slower one. */
const patienceRatio = 3;

export interface TimingParts {
  readonly time: (
    name: EngineName,
    threads: number,
    program: Program,
    patience: number,
  ) => Promise<StepTime>;
  readonly cacheFolder: string;
}

/** The two engines to be timed, the likely one first; fewer where nothing is to be decided. */
function candidatesOf(times: Choice['times']): EngineName[] {
  const order = enginesByTime(times).filter((name) => name !== reference);
  return order.slice(0, 2).filter((name) => times[name]! <= hopeless * times[order[0]!]!);
}

export function enginesByTime(times: Choice['times']): EngineName[] {
  return (Object.keys(times) as EngineName[]).sort((a, b) => times[a]! - times[b]!);
}

/**
 * Times a program on the engines that `short` (the times of the short test) leaves in question; null where it
 * leaves none. Remembered by engines, program, computer and threads; measured again with `again`.
 */
export async function timeOwnProgram(
  program: Program,
  short: Choice['times'],
  threads: number,
  parts: TimingParts,
  again = false,
): Promise<ProgramTimes | null> {
  const candidates = candidatesOf(short);
  if (candidates.length < 2) return null;
  const cache = new ChoiceCache(parts.cacheFolder, threads);
  const key = keyOf(program, candidates);
  const known = again ? undefined : await cache.readProgram(key);
  if (known) return known;
  const times: Partial<Record<EngineName, number>> = {};
  const devices: Partial<Record<EngineName, string>> = {};
  const failed: Partial<Record<EngineName, string>> = {};
  let patience = patienceMs;
  // One after the other, or they would slow each other down.
  for (const name of candidates) {
    const start = performance.now();
    const found = await parts.time(name, threads, program, patience);
    if ('fault' in found) failed[name] = found.fault;
    else {
      times[name] = found.milliseconds;
      devices[name] = found.device;
      patience = Math.max(leastPatienceMs, patienceRatio * (performance.now() - start));
    }
  }
  const timed = { times, devices, failed };
  await cache.writeProgram(key, timed);
  return timed;
}

/** Hyper-parameters in a program, which change no time. */
const constants = ['momentum', 'weightDecay', 'trust', 'temperature'];

/** Programs of the same shape are alike: their values are numbered in the order in which they are built. */
function keyOf(program: Program, candidates: readonly EngineName[]): string {
  const text = JSON.stringify([[...candidates].sort(), program], (name, value: unknown) =>
    constants.includes(name) ? undefined : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
