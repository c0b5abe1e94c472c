// The files of the window's page, listed once at the start: what is not in the list is not there.

import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pageFileType } from '#contract/page.ts';
import { Failure } from '#domain/failure.ts';

export interface PageFile {
  /** Absolute. */
  readonly path: string;
  readonly type: string;
  /** Its name tells its content, so it never changes. */
  readonly isImmutable: boolean;
}

/** By address: "/assets/index-1a2b3c.js". Throws `not-found` when the page has not been built. */
export async function listPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const address = `/${relative(folder, path).split(sep).join('/')}`;
    const type = pageFileType(entry.name);
    if (type === undefined) continue;
    files.set(address, { path, type, isImmutable: address.startsWith('/assets/') });
  }
  const page = files.get('/index.html');
  if (!page) {
    throw new Failure(
      'not-found',
      `The window has not been built (nothing in ${folder}). Run "npm run build" first.`,
      folder,
    );
  }
  return files.set('/', page);
}
