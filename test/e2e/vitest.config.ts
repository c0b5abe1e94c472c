// The scenarios: each file runs in the packaged app and in Chromium against the server.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { compileCache } from '../support/compile-cache.ts';

export default defineConfig({
  test: {
    include: ['test/e2e/scenarios/**/*.scenario.ts'],
    globalSetup: ['test/support/compile-cache.ts', 'test/e2e/support/set-up.ts'],
    // Backbones that scenarios add are none of the user's.
    env: {
      NORMSCOPE_BACKBONES: mkdtempSync(join(tmpdir(), 'normscope-test-backbones-')),
      ...compileCache,
    },
    setupFiles: ['test/e2e/support/take-screen.ts'],
    // Some train and score a model.
    testTimeout: 600_000,
    hookTimeout: 180_000,
    // The same as Playwright's timeout; the default is one second.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    // Each worker has a screen of its own. Scenarios wait more than they compute: two files at a time
    // keep two cores busy, and more would only wait for each other.
    maxWorkers: 2,
  },
});
