// Builds the window: src-renderer into dist/renderer, for Electron and browsers alike.

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'src-renderer',
  // Relative addresses: Electron serves each window's page below a separate folder.
  base: './',
  plugins: [svelte({ compilerOptions: { runes: true } })],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome114',
    cssTarget: 'chrome114',
    modulePreload: { polyfill: false },
    // Nothing inlined: the page's policy allows its own files only.
    assetsInlineLimit: 0,
  },
});
