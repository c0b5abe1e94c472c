// Times that are promised. Only "npm run test:perf" judges them; in every other run the attempt is made
// once, for what it asserts, and its time is not looked at: a busy machine fails no test.

import { appendFileSync } from 'node:fs';
import { referenceTime, type Clock } from '../perf/reference.ts';

/** One line of the file that a run of test:perf collects. */
export interface Measured {
  readonly name: string;
  readonly clock: Clock;
  /** The shortest of `attempts`, milliseconds. What is slow by itself is slow in each of them. */
  readonly ms: number;
  /** Of the reference workload by the same clock, the shorter of before and after, milliseconds. */
  readonly referenceMs: number;
  /** Wall time over processor time of that workload: above 1 where others have the processor. */
  readonly load: number;
}

const file = process.env['NORMSCOPE_PERF_FILE'];
const attempts = 4;

/**
 * Makes `attempt`, which returns the milliseconds that it took by `clock`. `name` is unique among all
 * budgets and is the key of test/perf/ratios.json.
 */
export async function budget(
  name: string,
  attempt: () => number | Promise<number>,
  clock: Clock = 'wall',
): Promise<void> {
  if (file === undefined) {
    await attempt();
    return;
  }
  const before = referenceTime();
  const times: number[] = [];
  for (let count = 0; count < attempts; count++) times.push(await attempt());
  const after = referenceTime();
  const measured: Measured = {
    ...{ name, clock, ms: Math.min(...times) },
    referenceMs: Math.min(before[clock], after[clock]),
    load: Math.max(before.wall / before.processor, after.wall / after.processor),
  };
  appendFileSync(file, `${JSON.stringify(measured)}\n`);
}

/** Milliseconds of this process's processor time: a query waits for nothing else. */
export function processorTime(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
