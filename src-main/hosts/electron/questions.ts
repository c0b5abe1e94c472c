// Questions and file dialogs of the system.

import { app, type BrowserWindow, dialog } from 'electron';
import { join } from 'node:path';
import type { Job } from '#contract/core.ts';

const work = {
  import: 'An import',
  relink: 'A search for moved files',
  train: 'A training',
  refit: 'A refit',
  score: 'A scoring',
  compare: 'A comparison of methods',
} as const;

/** Asks whether the running work may be stopped. */
export async function allowsClosing(
  window: BrowserWindow,
  name: string,
  jobs: readonly Job[],
): Promise<boolean> {
  const training = jobs.some(({ kind }) => kind === 'train');
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: `${work[jobs[0]!.kind]} is running in ${name}.`,
    detail: training
      ? 'It pauses at a checkpoint and can be resumed from there later.'
      : 'It stops now; finished work is kept, and it can be started again.',
    buttons: [training ? 'Pause and close' : 'Stop and close', 'Keep working'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

/** reason: a sentence, with where the details are. */
export function sayClosingFailed(reason: string): void {
  dialog.showErrorBox(
    'The project was not closed properly',
    `${reason} Everything that was saved is in the project; open it again to continue.`,
  );
}

export async function pickProject(window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: 'Open a project',
    message: 'Choose a folder whose name ends in “.normscope”.',
    properties: ['openDirectory'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

export async function pickNewProject(window: BrowserWindow, name: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'New project',
    buttonLabel: 'Create project',
    nameFieldLabel: 'Name of the project',
    defaultPath: join(app.getPath('documents'), `${name}.normscope`),
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  if (canceled || !filePath) return null;
  return filePath.endsWith('.normscope') ? filePath : `${filePath}.normscope`;
}

/** Some systems show files and folders in different dialogs. */
export async function pickPaths(
  window: BrowserWindow,
  kind: 'folders' | 'files',
): Promise<readonly string[]> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: kind === 'folders' ? 'Import folders' : 'Import files',
    buttonLabel: 'Import',
    properties: [kind === 'folders' ? 'openDirectory' : 'openFile', 'multiSelections'],
  });
  return canceled ? [] : filePaths;
}

export async function pickTarget(window: BrowserWindow, name: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    defaultPath: join(app.getPath('documents'), name),
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  return canceled || !filePath ? null : filePath;
}
