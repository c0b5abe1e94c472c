// The scenarios: each file runs in the packaged app and in Chromium against the server.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/scenarios/**/*.scenario.ts'],
    globalSetup: 'test/e2e/support/set-up.ts',
    // Some train and score a model.
    testTimeout: 600_000,
    // The same as Playwright's timeout; the default is one second.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    // One after the other: windows share one screen, and timings are measured.
    fileParallelism: false,
  },
});
