// How many threads arithmetic should have. Two threads of one core share its vector units, so there is
// nothing to gain from more threads than cores.

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/**
 * Cores that this process may use. Only Linux tells which threads share a core (`folder`); elsewhere
 * every thread counts as a core.
 */
export function coreCount(folder = '/sys/devices/system/cpu'): number {
  const cores = new Set<string>();
  try {
    for (const name of readdirSync(folder)) {
      if (!/^cpu\d+$/.test(name)) continue;
      cores.add(readFileSync(join(folder, name, 'topology/thread_siblings_list'), 'utf8'));
    }
  } catch {
    return availableParallelism();
  }
  return Math.min(cores.size || Infinity, availableParallelism());
}
