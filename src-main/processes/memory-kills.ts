// Detects that a process ended because memory ran out: the system kills it without a message, but counts.

import { readFileSync } from 'node:fs';

/** How often the system has killed a process for its memory since boot; 0 where it does not count. */
export function memoryKills(path = '/proc/vmstat'): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Whether error output reports a failed allocation. */
export function saysOutOfMemory(errorOutput: string): boolean {
  return /bad_alloc|out of memory|allocation failed|cannot allocate memory/i.test(errorOutput);
}

/** `before` and `after` are counts of `memoryKills`; `reportedIt`: whether its error output reported it. */
export function ranOut(
  signal: string | null,
  reportedIt: boolean,
  before: number,
  after: number,
): boolean {
  return signal === 'SIGKILL' ? after > before : reportedIt;
}
