// Cores are counted once, however many threads they have.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coreCount } from '#engine/cores.ts';

/** A folder as Linux has it, of processors with these siblings. */
function withProcessors(siblings: readonly string[], check: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'normscope-cores-'));
  try {
    siblings.forEach((list, index) => {
      mkdirSync(join(folder, `cpu${index}/topology`), { recursive: true });
      writeFileSync(join(folder, `cpu${index}/topology/thread_siblings_list`), `${list}\n`);
    });
    mkdirSync(join(folder, 'cpufreq'));
    check(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the number of cores', () => {
  it('is that of cores, not of their threads', () =>
    withProcessors(['0-1', '0-1'], (folder) => expect(coreCount(folder)).toBe(1)));

  it('is never more than this process may use', () => {
    const many = Array.from({ length: availableParallelism() + 3 }, (_, index) => String(index));
    withProcessors(many, (folder) => expect(coreCount(folder)).toBe(availableParallelism()));
  });

  it('is that of threads where the system does not tell', () => {
    expect(coreCount(join(tmpdir(), 'normscope-no-such-folder'))).toBe(availableParallelism());
    withProcessors([], (folder) => expect(coreCount(folder)).toBe(availableParallelism()));
  });
});
