import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryKills, ranOut } from '#core/workers/memory-kills.ts';

const killed = { code: null, signal: 'SIGKILL', errorOutput: '' };

test('the system counts whom it killed for memory; where it does not, nobody was', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'normscope-')), 'vmstat');
  writeFileSync(path, 'pgfault 12\noom_kill 3\nnr_free_pages 5\n');
  expect(memoryKills(path)).toBe(3);
  expect(memoryKills(`${path}.gone`)).toBe(0);
});

test('a worker ran out of memory when the system counted, or when its last words say so', () => {
  expect(ranOut(killed, 3, 4)).toBe(true);
  // Somebody ended it.
  expect(ranOut(killed, 3, 3)).toBe(false);
  const aborted = (errorOutput: string) => ({ code: null, signal: 'SIGABRT', errorOutput });
  const heap = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
  expect(ranOut(aborted(heap), 3, 3)).toBe(true);
  expect(ranOut(aborted("terminate called after throwing 'std::bad_alloc'"), 3, 3)).toBe(true);
  expect(ranOut(aborted('Segmentation fault'), 3, 3)).toBe(false);
});
