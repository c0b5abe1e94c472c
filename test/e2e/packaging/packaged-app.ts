// Packages the app for the scenarios as for users, with the available Electron. One difference: the
// test build allows inspection, which Playwright needs.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { electronBuilder } from './electron-builder.ts';
import { findElectron } from './electron-runtime.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface PackagedApp {
  readonly executable: string;
  /** Its runtime: "Electron 25.1.1 (fixture)". */
  readonly words: string;
}

/** Packages the output of "npm run build" and stage-core.ts in dist. */
export async function packageApp(): Promise<PackagedApp> {
  const { folder, version, origin } = await findElectron();
  const output = join(root, 'dist', 'e2e');
  await electronBuilder([
    '--dir',
    // Overrides electron-builder.yml.
    `-c.electronDist=${folder}`,
    `-c.electronVersion=${version}`,
    `-c.directories.output=${output}`,
    '-c.electronFuses.enableNodeCliInspectArguments=true',
  ]);
  const executable = join(output, 'linux-unpacked', 'normscope');
  return { executable, words: `Electron ${version} (${origin})` };
}
