// Packages the app for the scenarios as it is packaged for users, around the Electron at hand. One
// difference: the test build lets itself be inspected, because that is how Playwright drives it.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { electronBuilder } from './electron-builder.ts';
import { findElectron } from './electron-runtime.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface PackagedApp {
  readonly executable: string;
  /** What it runs in: "Electron 25.1.1 (fixture)". */
  readonly words: string;
}

/** Takes what "npm run build" and stage-core.ts have left in dist. */
export async function packageApp(): Promise<PackagedApp> {
  const { folder, version, origin } = await findElectron();
  const output = join(root, 'dist', 'e2e');
  await electronBuilder([
    '--dir',
    // Laid over electron-builder.yml.
    `-c.electronDist=${folder}`,
    `-c.electronVersion=${version}`,
    `-c.directories.output=${output}`,
    '-c.electronFuses.enableNodeCliInspectArguments=true',
  ]);
  const executable = join(output, 'linux-unpacked', 'normscope');
  return { executable, words: `Electron ${version} (${origin})` };
}
