// The names of exported files, which are valid on every system, and the files by name.

import { lstat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

/** "blood-cells-model-3-20261124T120000Z". */
export function exportStem(dataset: string, modelId: number, now: Date): string {
  const safe = dataset.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-').slice(0, 60) || 'images';
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${safe}-model-${modelId}-${time}Z`;
}

const types: Readonly<Record<string, string>> = {
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
};

/** A file in the project's folder "exports", with its HTTP content type; undefined when it is not there. */
export async function exportedFile(
  project: string,
  name: string,
): Promise<{ readonly path: string; readonly type: string } | undefined> {
  const type = types[extname(name)];
  if (type === undefined || basename(name) !== name) return undefined;
  const path = join(project, 'exports', name);
  const isFile = await lstat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? { path, type } : undefined;
}
