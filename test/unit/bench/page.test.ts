import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { benchmarkPage, measuredSeparately } from '#bench/page.ts';

const figure = {
  ...({ bench: 'augment', size: 32, from: { ours: 64, peer: 32 }, threads: 1 } as const),
  ...{ ours: 22_818, peer: 4886, ratio: 4.67 },
};

const write = (before: string) =>
  benchmarkPage([figure], ['Processor: one'], '2026-11-24', 'normscope bench all', before);

it('writes a section for each kind of figure that was measured', () => {
  const page = write('');
  expect(page.match(/^## .*/gm)).toEqual(['## Drawing random views']);
  expect(page).toContain('| 32 | 22,818 | 4,886 | 4.67 |');
});

it('keeps what was measured separately, and replaces the rest', () => {
  const page = readFileSync(new URL('../../../docs/benchmarks.md', import.meta.url), 'utf8');
  const kept = measuredSeparately(page);
  expect(kept).toMatch(/^## Measured separately\n\n.*\n\n### Checkpoints\n\n/);
  const once = write(page);
  expect(once.match(/^## .*/gm)).toEqual(['## Drawing random views', '## Measured separately']);
  expect(measuredSeparately(once)).toBe(kept);
  expect(write(once)).toBe(once);
});
