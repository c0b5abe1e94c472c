import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The window's state is Svelte's runes, which are compiled, as for a browser.
  plugins: [svelte()],
  resolve: { conditions: ['browser'] },
  test: {
    include: ['test/**/*.test.ts'],
    // What takes seconds on an idle machine may take a minute on a slow one that others use as well.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 10_000 } },
    // Tests start real worker processes and real engines: forks isolate native crashes.
    pool: 'forks',
    // Timings of engines that tests break or slow down must not reach the user's cache.
    env: { NORMSCOPE_CACHE: join(tmpdir(), 'normscope-test-cache') },
  },
});
