// Projects and folders that last for one test.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openProject, type Project } from './project.ts';

/** A new, empty folder. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'normscope-import-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function newProject(): Promise<Project> {
  const project = await openProject(await newFolder());
  onTestFinished(() => project.database.close());
  return project;
}
