// Opens a file with the system's default program.

import { spawn } from 'node:child_process';
import type { Shell } from './shell.ts';

/** Resolves once the program has been started; a system without one causes a remark, not a failure. */
export async function openFile(path: string, shell: Shell): Promise<void> {
  const [program, ...words] = openerOf(process.platform, path);
  const child = spawn(program, words, { detached: true, stdio: 'ignore' });
  const problem = await new Promise<Error | undefined>((resolve) => {
    child.once('error', resolve);
    child.once('spawn', () => resolve(undefined));
  });
  child.unref();
  if (problem) shell.note(`The page could not be opened (${problem.message}); open it yourself.`);
}

export function openerOf(platform: NodeJS.Platform, path: string): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open', path];
  // Not "cmd /c start", which interprets & and ^ in the path.
  if (platform === 'win32') return ['explorer.exe', path];
  return ['xdg-open', path];
}
