// Where timings of this computer's devices are kept: losing them costs a measurement.

import { homedir } from 'node:os';
import { join } from 'node:path';

/** NORMSCOPE_CACHE names another folder. */
export function userCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { NORMSCOPE_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = env;
  if (NORMSCOPE_CACHE) return NORMSCOPE_CACHE;
  const caches: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join(homedir(), 'Library', 'Caches'),
    win32: LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
  };
  return join(
    caches[process.platform] ?? (XDG_CACHE_HOME || join(homedir(), '.cache')),
    'normscope',
  );
}
