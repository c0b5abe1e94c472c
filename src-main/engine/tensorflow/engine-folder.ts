// Where engines that a user has installed lie: beside the user's other data, outside the app and outside
// checkouts, so that every version of Normscope finds them.

import { homedir } from 'node:os';
import { join } from 'node:path';

/** NORMSCOPE_ENGINES names another folder. */
export function tensorflowFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(enginesFolder(env), 'tensorflow');
}

function enginesFolder({
  NORMSCOPE_ENGINES,
  XDG_DATA_HOME,
  LOCALAPPDATA,
}: NodeJS.ProcessEnv): string {
  if (NORMSCOPE_ENGINES) return NORMSCOPE_ENGINES;
  const data: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join(homedir(), 'Library', 'Application Support'),
    win32: LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
  };
  const share = XDG_DATA_HOME || join(homedir(), '.local', 'share');
  return join(data[process.platform] ?? share, 'normscope', 'engines');
}
