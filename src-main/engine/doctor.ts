// Which engines there are, whether they pass the self-test, how fast they are, and which to take.

import { Failure } from '#domain/failure.ts';
import { ChoiceCache, type Choice } from './choice-cache.ts';
import type { EngineName, EngineReport } from '#domain/engine-report.ts';
import type { Engine } from './engine.ts';
import { enginesHere, openEngine } from './engines.ts';
import { examineApart } from './examine-apart.ts';
import { selfTestFault } from './self-test.ts';
import { userCacheFolder } from './user-cache.ts';

export interface ChosenEngine extends Engine {
  /** Why this one, for people. */
  readonly why: string;
}

/** What a test may replace. */
export interface DoctorParts {
  readonly names: () => readonly EngineName[];
  readonly open: (name: EngineName, threads: number) => Promise<Engine>;
  readonly examine: (name: EngineName, threads: number) => Promise<EngineReport>;
  readonly cacheFolder: string;
}

const standardParts: DoctorParts = {
  names: enginesHere,
  open: openEngine,
  examine: examineApart,
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
  const isTimed = ({ offered, stepMilliseconds }: EngineReport) =>
    offered && stepMilliseconds !== null;
  const [timed, others] = [found.filter(isTimed), found.filter((one) => !isTimed(one))];
  return {
    times: Object.fromEntries(timed.map((one) => [one.name, one.stepMilliseconds])),
    refused: Object.fromEntries(others.map(({ name, reason }) => [name, firstSentence(reason)])),
  };
}

/** The rest of a reason is what to do about it. */
function firstSentence(reason: string): string {
  return reason.split('. ')[0]!.replace(/\.$/, '').replace('not offered: ', '');
}

/**
 * The engine to run on, which has passed the self-test in this process. `auto` takes the fastest by
 * the times that are remembered, or measures them. Throws `engine-unavailable` with what to do.
 */
export async function chooseEngine(
  name: EngineName | 'auto',
  threads: number,
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
  const order = (Object.keys(times) as EngineName[]).sort((a, b) => times[a]! - times[b]!);
  const never = Object.entries(refused).map(([other, reason]) => `not ${other}: ${reason}`);
  const since: string[] = [];
  for (const candidate of order) {
    const engine = await tested(candidate, threads, parts).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'engine-unavailable') return error.message;
      throw error;
    });
    if (typeof engine !== 'string') {
      return { ...engine, why: [reasonFor(candidate, times), ...since, ...never].join('; ') };
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
  const layout = await engine.layout?.();
  return layout === undefined ? engine : { ...engine, device: `${engine.device}, ${layout}` };
}

/** Remembered or measured; where there is one engine alone there is nothing to compare. */
async function choiceHere(threads: number, parts: DoctorParts): Promise<Choice> {
  const known = await new ChoiceCache(parts.cacheFolder, threads).read();
  if (known && Object.keys(known.times).length > 0) return known;
  return choiceFrom(await diagnose(threads, parts));
}

function reasonFor(name: EngineName, times: Choice['times']): string {
  const shown = (time: number) => `${Number(time.toPrecision(3))} ms`;
  const others = (Object.keys(times) as EngineName[])
    .filter((other) => other !== name)
    .map((other) => `${other} ${shown(times[other]!)}`);
  if (others.length === 0) return 'the only engine to choose from';
  return `the fastest in a short test: ${shown(times[name]!)} a step (${others.join(', ')})`;
}
