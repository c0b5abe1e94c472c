// The user's own data folder: beside the user's other data, outside the app and outside checkouts, so that
// every version of Normscope finds what lies there.

import { homedir } from 'node:os';
import { join } from 'node:path';

export function userDataFolder({ XDG_DATA_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv): string {
  const data: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join(homedir(), 'Library', 'Application Support'),
    win32: LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
  };
  const share = XDG_DATA_HOME || join(homedir(), '.local', 'share');
  return join(data[process.platform] ?? share, 'normscope');
}
