// Whether a process died because memory ran out: the system kills without a word, but counts.

import { readFileSync } from 'node:fs';
import type { WorkerExit } from '#worker/spawn.ts';

/** How often the system has killed a process for its memory since it started; 0 where it does not tell. */
export function memoryKills(path = '/proc/vmstat'): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** `before` and `after` are counts of `memoryKills`. */
export function ranOut(
  { signal, errorOutput }: WorkerExit,
  before: number,
  after: number,
): boolean {
  if (signal === 'SIGKILL') return after > before;
  return /bad_alloc|out of memory|allocation failed|cannot allocate memory/i.test(errorOutput);
}
