// The scenarios: each file runs in the packaged app and in Chromium against the server.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/scenarios/**/*.scenario.ts'],
    globalSetup: 'test/e2e/support/set-up.ts',
    // Some train and score a model.
    testTimeout: 600_000,
    // As long as Playwright waits; left out, it would be a second.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    // Windows on one screen, and timings that are looked at: one after the other.
    fileParallelism: false,
  },
});
