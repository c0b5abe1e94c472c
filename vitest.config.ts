// The tests by lane: what each is for and where a new one belongs is in test/README.md.

import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { compileCache } from './test/support/compile-cache.ts';
import { LongestFirst } from './test/support/longest-first.ts';
import { slowUnitTests } from './test/support/slow-unit-tests.ts';

const lane = (name: string, include: readonly string[], exclude: readonly string[] = []) => ({
  extends: true as const,
  test: { name, include: [...include], exclude: [...exclude] },
});

export default defineConfig({
  // The window's state is Svelte's runes, which are compiled, as for a browser.
  plugins: [svelte({ configFile: false })],
  resolve: { conditions: ['browser'] },
  test: {
    projects: [
      lane('fast', ['test/unit/**/*.test.ts'], slowUnitTests),
      lane('slow', slowUnitTests),
      lane('parity', ['test/parity/**/*.test.ts']),
      lane('integration', ['test/integration/**/*.test.ts']),
      lane('migrations', ['test/migrations/**/*.test.ts']),
    ],
    // What takes seconds on an idle machine may take a minute on a slow one that others use as well.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 10_000 } },
    // Tests start real worker processes and real engines: forks keep native crashes apart. One more at a
    // time than there are cores: while one waits for a process or a patience, the others compute.
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    maxWorkers: availableParallelism() + 1,
    // Timings of engines that tests spoil or slow down are none of the user's.
    env: { NORMSCOPE_CACHE: join(tmpdir(), 'normscope-test-cache'), ...compileCache },
    globalSetup: 'test/support/compile-cache.ts',
    coverage: {
      provider: 'v8',
      include: ['src-main/{domain,ml,engine,rpc}/**/*.ts', 'src-main/core/{store,jobs}/**/*.ts'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: 'coverage',
      // A little under what the tests of unit and parity reach, percent of lines. What runs in other
      // processes, as runners of engines and writers that are killed do, is not counted.
      thresholds: {
        'src-main/domain/**': { lines: 90 },
        'src-main/ml/**': { lines: 98 },
        'src-main/engine/**': { lines: 62 },
        'src-main/core/store/**': { lines: 96 },
        'src-main/core/jobs/**': { lines: 95 },
        'src-main/rpc/**': { lines: 98 },
      },
    },
  },
});
