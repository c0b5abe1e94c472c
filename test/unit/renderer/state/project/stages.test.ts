import { expect, it } from 'vitest';
import type { RunEstimate } from '#contract/core.ts';
import { stageOf, wholeOf } from '../../../../../src-renderer/state/project/way/stages.ts';

const estimate: RunEstimate = {
  ...{ engine: 'cpu', device: 'CPU', steps: 300, stepMilliseconds: 200, seconds: 100 },
  parts: { ranking: 10, training: 60, scoring: 20, comparison: 10 },
  ...{ imagesPerSecond: 9, checkpointSeconds: 0, warnings: [] },
};

it.each([
  [null, 0],
  ['Preparing normal images', 0],
  ['Training', 0],
  ['Scoring the normal images held out to calibrate on', 1],
  ['Scoring all images', 2],
  ['Comparing with the frozen network', 2],
])('the note %s is of stage %i', (note, stage) => {
  expect(stageOf({ note })).toBe(stage);
});

it('three stages are one bar, which never goes back, with the time of those that follow', () => {
  const shares = [
    [0, 0],
    [0, 1],
    [1, 1],
    [2, 0],
    [2, 1],
  ].map(
    ([stage, part]) => wholeOf(stage!, { part: part!, secondsLeft: null }, estimate, true).part,
  );
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
  const half = { part: 0.5, secondsLeft: 30 };
  expect(wholeOf(0, half, estimate, true).secondsLeft).toBe(60);
  expect(wholeOf(2, half, estimate, true).secondsLeft).toBe(30);
  // What follows is unknown.
  expect(wholeOf(0, half, undefined, true).secondsLeft).toBeNull();
});
