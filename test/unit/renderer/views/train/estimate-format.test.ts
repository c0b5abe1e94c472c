import { expect, it } from 'vitest';
import type { RunEstimate } from '#contract/core.ts';
import { noteOf } from '../../../../../src-renderer/views/train/estimate-format.ts';

const estimate: RunEstimate = {
  ...{ engine: 'cpu', device: 'CPU', steps: 1000, stepMilliseconds: 500, imagesPerSecond: 9 },
  ...{ seconds: 500, checkpointSeconds: 4, warnings: [] },
  parts: { ranking: 0, training: 500, scoring: 0, comparison: 0 },
};

it('a measured duration names checkpoints when their share exceeds the rounding', () => {
  expect(noteOf('hours', { kind: 'measured', estimate })).not.toContain('checkpoints');
  const slow = { ...estimate, checkpointSeconds: 20 };
  expect(noteOf('hours', { kind: 'measured', estimate: slow })).toMatch(
    /^about .* here, 4 % of it for checkpoints$/,
  );
  expect(noteOf('hours', undefined)).toBe('hours');
});
