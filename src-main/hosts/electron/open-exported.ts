// Opens what was exported with the system's own program.

import { shell as system } from 'electron';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Failure } from '#domain/failure.ts';

/** Kinds that the app writes, none of which runs. */
const endings = new Set(['.csv', '.txt', '.html', '.pdf']);

/** path: absolute. Throws `bad-input` for another kind of file, and when the system has no program for it. */
export async function openExported(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder && !endings.has(extname(path).toLowerCase())) {
    throw new Failure('bad-input', `${path} is no exported file. Show it in its folder.`, path);
  }
  const fault = await system.openPath(path);
  if (fault !== '') throw new Failure('bad-input', `${path} could not be opened: ${fault}`, path);
}
