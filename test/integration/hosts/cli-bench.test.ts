// `normscope bench` as a separate process, with small sizes.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { tempFolders } from '../../support/temp-folder.ts';
import { devData } from '../import/support/dev-data.ts';
import { startCli } from './cli-process.ts';

const folder = tempFolders();

// With one engine there is none to choose: another one would be timed with each program.
beforeEach(() => void vi.stubEnv('NORMSCOPE_ENGINES', folder()));
afterEach(() => void vi.unstubAllEnvs());

const cli = (...words: readonly string[]) => startCli(words).ended;

const tiny = ['--widths', '4', '--images', '8', '--size', '16', '--steps', '2', '--rounds', '1'];

it('times a step of our own where the peer is left out', async () => {
  const { code, out, err } = await cli('bench', 'step', ...tiny, '--without-peer', '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toEqual({
    ...{ bench: 'step', net: 'resnet18', width: 4, size: 16, batch: 8, threads: 2, engine: 'cpu' },
    ...{ ours: expect.any(Number) as number, peer: null, ratio: null },
  });
});

it('names what is missing when the peer is not installed', async () => {
  const { code, err } = await cli('bench', 'step', ...tiny, '--peer', 'no-such-peer.py', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(err)).toMatchObject({
    error: { code: 'not-found', path: expect.stringContaining('no-such-peer.py') as string },
  });
});

it.each([
  [['bench', 'steps'], /KIND is step, train, score/],
  [['bench', 'step', '--page', 'x.md'], /--page belongs to "bench all"/],
  [['bench', 'step', '--widths', '16,x', '--without-peer'], /--widths is a list/],
])('refuses %j in words', async (words, sentence) => {
  const { code, err } = await cli(...words);
  expect(code).toBe(2);
  expect(err).toMatch(sentence);
});

const sets = devData('pbc8_64.tar.gz');

it.runIf(sets)(
  'measures everything at the smallest sizes, and writes the page',
  async () => {
    const page = join(folder(), 'docs', 'benchmarks.md');
    const words = ['bench', 'all', '--quick', '--without-peer', '--page', page];
    const { code, out, err } = await cli(...words, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const figures = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { bench: string; ours: number; ratio: null });
    const kinds = ['step', 'train', 'score', 'score', 'augment', 'import', 'rank'];
    expect(figures.map(({ bench }) => bench)).toEqual(kinds);
    for (const { ours, ratio } of figures) {
      expect(ours).toBeGreaterThan(0);
      expect(ratio).toBeNull();
    }
    const text = await readFile(page, 'utf8');
    expect(text.match(/^## .*/gm)).toHaveLength(6);
    expect(text).toMatch(/^- Processor: .+\d+ logical cores$/m);
    expect(text).toContain('--quick');
  },
  180_000,
);
