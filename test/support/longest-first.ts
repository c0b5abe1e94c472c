// The order of test files: those that take longest first, so that at the end no core waits for one of them.
// Vitest knows times of earlier runs alone, which CI does not have, and else goes by the size of files.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Below test, in about the order of their times. */
const longest = [
  'parity/gpu/gpu-fails.test.ts',
  'parity/gpu/webgpu.test.ts',
  'integration/worker/resume.test.ts',
  'integration/core/stop-and-resume.test.ts',
  'integration/hosts/cli.test.ts',
  'parity/gpu/gpu-fails-in-measuring.test.ts',
  'integration/hosts/cli-bench.test.ts',
  'integration/worker/growth.test.ts',
  'integration/core/core-killed.test.ts',
  'parity/gpu/webgpu-training.test.ts',
  'integration/core/killed-for-memory.test.ts',
  'integration/core/backbones.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/test/${name}`));
      return at === -1 ? longest.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
