// Where engines that a user has installed lie.

import { join } from 'node:path';
import { userDataFolder } from '../user-data.ts';

/** NORMSCOPE_ENGINES names another folder. */
export function tensorflowFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['NORMSCOPE_ENGINES'] || join(userDataFolder(env), 'engines'), 'tensorflow');
}
