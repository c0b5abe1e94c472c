// The folder of a project: what it holds, whether it exists and whether it may be created.

import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { isLeftBySystem } from '#domain/system-files.ts';
import { isTemporary } from '#files/whole-file.ts';
import { asFailure, damaged } from '../store/failures.ts';

export const projectFolders = ['cache', 'models', 'exports', 'backups'] as const;

/** What a project's folder may hold before its catalogue has been written. */
const ownNames: readonly string[] = [
  ...projectFolders,
  'project.lock',
  'project.owner',
  // Of earlier versions.
  'project.owner.tmp',
  'normscope.log',
  'normscope.old.log',
];

/**
 * Creates the folder when there is no project and `create` is set. Throws `not-found`, `bad-input` when the
 * folder holds other files, and `project-damaged` when only models are left.
 */
export async function assertProject(project: string, create: boolean): Promise<void> {
  if (existsSync(join(project, 'project.sqlite'))) return;
  const names = await namesIn(project);
  const models = names.includes('models') ? await namesIn(join(project, 'models')) : [];
  if (models.some((name) => !isLeftBySystem(name))) {
    throw damaged(join(project, 'project.sqlite'), 'the file is missing');
  }
  if (!create) {
    throw new Failure(
      'not-found',
      `There is no Normscope project at ${project}. Check the path; a new project is created by ` +
        'importing images into it.',
      project,
    );
  }
  const foreign = names.find(
    (name) => !ownNames.includes(name) && !isLeftBySystem(name) && !isTemporary(name),
  );
  if (foreign !== undefined) {
    throw new Failure(
      'bad-input',
      `The folder ${project} is not a Normscope project and holds other files (${foreign}). Choose ` +
        'another name for the project, for instance one that ends in ".normscope".',
      project,
    );
  }
  await mkdir(project, { recursive: true }).catch((error: unknown) => {
    throw asFailure(error, project);
  });
}

/** The names in a folder; none when the folder does not exist. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code !== 'ENOTDIR') throw asFailure(error, folder);
    throw new Failure('bad-input', `${folder} is a file, and a project is a folder.`, folder);
  }
}
