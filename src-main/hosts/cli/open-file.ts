// Opens a file with the program that the system has for it.

import { spawn } from 'node:child_process';
import type { Shell } from './shell.ts';

/** Resolves once the program is asked for; a system without one is a remark, no failure. */
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
  // Not "cmd /c start": that would read & and ^ in the path as its own.
  if (platform === 'win32') return ['explorer.exe', path];
  return ['xdg-open', path];
}
