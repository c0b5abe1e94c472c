// Builds Electron's main process and preload script into dist/desktop, as CommonJS: a sandboxed
// preload script must be CommonJS. The core is not included; the bundled Node runs its sources.

import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: 'dist/desktop',
    emptyOutDir: true,
    target: 'node18',
    minify: false,
    rolldownOptions: {
      input: {
        main: 'src-main/hosts/electron/main.ts',
        preload: 'src-main/hosts/electron/preload.ts',
      },
      external: ['electron', /^node:/],
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
});
