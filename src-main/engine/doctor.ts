// Which engines there are, whether they pass the self-test, how fast they are, and which to take.

import { Failure } from '#domain/failure.ts';
import { ChoiceCache, type Choice, type ProgramTimes } from './choice-cache.ts';
import type { EngineName, EngineReport } from '#domain/engines/engine-report.ts';
import type { Engine } from './engine.ts';
import { enginesHere, openEngine } from './engines.ts';
import { deviceInWords } from './examine.ts';
import { examineApart } from './examine-apart.ts';
import type { Program } from './ir/program.ts';
import { enginesByTime, timeOwnProgram, type TimingParts } from './own-program.ts';
import { selfTestFault } from './self-test.ts';
import { timeApart } from './time-apart.ts';
import { userCacheFolder } from './user-cache.ts';

export interface ChosenEngine extends Engine {
  /** Why this one, for people. */
  readonly why: string;
}

/** What a test may replace. */
export interface DoctorParts extends TimingParts {
  readonly names: () => readonly EngineName[];
  readonly open: (name: EngineName, threads: number) => Promise<Engine>;
  readonly examine: (name: EngineName, threads: number) => Promise<EngineReport>;
}

const standardParts: DoctorParts = {
  names: enginesHere,
  open: openEngine,
  examine: examineApart,
  time: timeApart,
  cacheFolder: userCacheFolder(),
};

/** Examines every engine of this system, and remembers the times for `auto`. */
export async function diagnose(
  threads = 0,
  parts: DoctorParts = standardParts,
): Promise<EngineReport[]> {
  const found: EngineReport[] = [];
  // One after the other, or they would slow each other down.
  for (const name of parts.names()) found.push(await parts.examine(name, threads));
  await new ChoiceCache(parts.cacheFolder, threads).write(choiceFrom(found));
  return found;
}

function choiceFrom(found: readonly EngineReport[]): Choice {
  const times: Partial<Record<EngineName, number>> = {};
  const refused: Partial<Record<EngineName, string>> = {};
  for (const { name, fault, stepMilliseconds } of found) {
    if (fault !== null) refused[name] = fault;
    else if (stepMilliseconds !== null) times[name] = stepMilliseconds;
  }
  return { times, refused };
}

/**
 * The engine to run on, which has passed the self-test in this process. `auto` takes the fastest: by steps of
 * `program` where it is given, else by the short test; what was measured before is remembered. Throws
 * `engine-unavailable` with what to do.
 */
export async function chooseEngine(
  name: EngineName | 'auto',
  threads: number,
  program?: Program,
  parts: DoctorParts = standardParts,
): Promise<ChosenEngine> {
  if (name !== 'auto') {
    const engine = await tested(name, threads, parts).catch((error: unknown) => {
      if (!(error instanceof Failure) || error.code !== 'engine-unavailable') throw error;
      const remedy = 'Use --engine cpu, or leave the choice to --engine auto.';
      throw new Failure(error.code, `${error.message} ${remedy}`, undefined, { cause: error });
    });
    if (typeof engine === 'string') {
      throw new Failure(
        'engine-unavailable',
        `The ${name} engine does not pass its self-test on this machine: ${engine}. Training on it ` +
          'would give wrong results. Run "normscope doctor" and report what it prints.',
      );
    }
    return { ...engine, why: 'asked for' };
  }
  const { times, refused } = await choiceHere(threads, parts);
  const own = program ? await timeOwnProgram(program, times, threads, parts) : null;
  const chosen = await fastest({ times, refused }, own, threads, parts);
  const timedOn = own?.devices[chosen.name];
  if (!program || timedOn === undefined || timedOn === chosen.device) return chosen;
  // Another card or driver than the one that was timed.
  const renewed = await timeOwnProgram(program, times, threads, parts, true);
  return await fastest({ times, refused }, renewed, threads, parts);
}

/** The first that works, by the times of the run's own program and then by those of the short test. */
async function fastest(
  { times, refused }: Choice,
  own: ProgramTimes | null,
  threads: number,
  parts: DoctorParts,
): Promise<ChosenEngine> {
  const failed = own?.failed ?? {};
  const byOwn = enginesByTime(own?.times ?? {});
  const others = enginesByTime(times).filter((name) => !byOwn.includes(name));
  // Where none could be timed, the short test decides.
  const order = [...byOwn, ...others.filter((name) => byOwn.length === 0 || !(name in failed))];
  const never = Object.entries({ ...refused, ...failed }).map(
    ([other, reason]) => `not ${other}: ${reason}`,
  );
  const since: string[] = [];
  for (const candidate of order) {
    const engine = await tested(candidate, threads, parts).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'engine-unavailable') return error.message;
      throw error;
    });
    if (typeof engine !== 'string') {
      const isOwn = own !== null && candidate in own.times;
      const why = isOwn ? ownReason(candidate, own.times) : shortReason(candidate, times);
      return { ...engine, why: [why, ...since, ...never].join('; ') };
    }
    since.push(`${candidate} no longer works: ${engine}`);
  }
  throw new Failure(
    'engine-unavailable',
    `No engine of this machine can be used (${[...since, ...never].join('; ')}). Run "normscope ` +
      'doctor" and report what it prints.',
  );
}

/** The engine, or what its self-test found. */
async function tested(
  name: EngineName,
  threads: number,
  parts: DoctorParts,
): Promise<Engine | string> {
  const engine = await parts.open(name, threads);
  const fault = await selfTestFault(engine);
  if (fault !== null) return fault;
  return { ...engine, device: await deviceInWords(engine) };
}

/** Remembered or measured; where there is one engine alone there is nothing to compare. */
async function choiceHere(threads: number, parts: DoctorParts): Promise<Choice> {
  const known = await new ChoiceCache(parts.cacheFolder, threads).read();
  if (known && Object.keys(known.times).length > 0) return known;
  return choiceFrom(await diagnose(threads, parts));
}

function ownReason(name: EngineName, times: Choice['times']): string {
  const others = othersOf(name, times);
  const beside = others.length === 0 ? '' : `, ${others.join(', ')}`;
  return `the fastest with steps of this run: ${name} ${shown(times[name]!)} a step${beside}`;
}

function shortReason(name: EngineName, times: Choice['times']): string {
  const others = othersOf(name, times);
  if (others.length === 0) return 'the only engine to choose from';
  return `the fastest in a short test: ${shown(times[name]!)} a step (${others.join(', ')})`;
}

function othersOf(name: EngineName, times: Choice['times']): string[] {
  return enginesByTime(times)
    .filter((other) => other !== name)
    .map((other) => `${other} ${shown(times[other]!)}`);
}

function shown(milliseconds: number): string {
  return `${Number(milliseconds.toPrecision(3))} ms`;
}
