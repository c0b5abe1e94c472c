import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryKills, ranOut, saysOutOfMemory } from '#processes/memory-kills.ts';

test('the system counts whom it killed for memory; where it does not, nobody was', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'normscope-')), 'vmstat');
  writeFileSync(path, 'pgfault 12\noom_kill 3\nnr_free_pages 5\n');
  expect(memoryKills(path)).toBe(3);
  expect(memoryKills(`${path}.gone`)).toBe(0);
});

test('a process ran out of memory when the system counted, or when its output says so', () => {
  expect(ranOut('SIGKILL', false, 3, 4)).toBe(true);
  // Somebody ended it.
  expect(ranOut('SIGKILL', true, 3, 3)).toBe(false);
  expect(ranOut('SIGABRT', true, 3, 3)).toBe(true);
  expect(ranOut('SIGABRT', false, 3, 4)).toBe(false);
  const heap = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
  expect(saysOutOfMemory(heap)).toBe(true);
  expect(saysOutOfMemory("terminate called after throwing 'std::bad_alloc'")).toBe(true);
  expect(saysOutOfMemory('Segmentation fault')).toBe(false);
});
