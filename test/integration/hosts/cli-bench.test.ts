// `normscope bench` as a process of its own, on sizes that take a moment.

import { expect, it } from 'vitest';
import { cli, cliJson } from './cli-process.ts';

const tiny = ['--widths', '4', '--images', '8', '--size', '16', '--steps', '2', '--rounds', '1'];

it('times a step of our own where the peer is left out', async () => {
  const figure = await cliJson('bench', 'step', ...tiny, '--without-peer');
  expect(figure).toEqual({
    ...{ bench: 'step', net: 'resnet18', width: 4, size: 16, batch: 8, threads: 2, engine: 'cpu' },
    ...{ ours: expect.any(Number) as number, peer: null, ratio: null },
  });
});

it('says what is missing when there is no peer', async () => {
  const { code, err } = await cli('bench', 'step', ...tiny, '--peer', 'no-such-peer.py', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(err)).toMatchObject({
    error: { code: 'not-found', path: expect.stringContaining('no-such-peer.py') as string },
  });
});

it.each([
  [['bench', 'steps'], /KIND is step or accuracy/],
  [['bench', 'step', '--widths', '16,x', '--without-peer'], /--widths is a list/],
])('refuses %j in words', async (words, sentence) => {
  const { code, err } = await cli(...words);
  expect(code).toBe(2);
  expect(err).toMatch(sentence);
});
