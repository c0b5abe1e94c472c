// The folder of a run's files: below the project's folder "models", under a unique name. A row's id is not
// unique: a restored catalogue does not know the ids given since it was copied.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { damaged } from '../failures.ts';

/** "run-7" as older versions named it, or "run-20261130-" and 32 hexadecimal digits. */
const pattern = /^run-(\d{1,16}|\d{8}-[0-9a-f]{32})$/;

/** A name for a new run's folder. */
export function newRunFolder(now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  return `run-${day}-${randomBytes(16).toString('hex')}`;
}

/**
 * The folder of a run in the project at `project` (absolute). Throws `project-damaged` when the catalogue
 * names a folder that Normscope did not: a project may come from an untrusted source, and folders are removed.
 */
export function runFolder(project: string, { folder }: { readonly folder: string }): string {
  if (pattern.test(folder)) return join(project, 'models', folder);
  throw damaged(
    join(project, 'project.sqlite'),
    `it names a run's folder that is none (${folder.slice(0, 80)})`,
  );
}
