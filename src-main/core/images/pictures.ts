// The pictures of catalogued images as a page may show them: files found by hash, never by path.

import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileKind, kindBytes } from './kind.ts';
import { originalFiles } from './originals.ts';
import { thumbnailPath } from './reader-tasks.ts';

export type PictureKind = 'thumb' | 'image';

export interface Picture {
  /** Absolute. */
  readonly path: string;
  /** As HTTP names it: "image/webp". */
  readonly type: string;
}

const isHash = /^[0-9a-f]{64}$/;

/** Formats that every browser shows. */
const shownTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  bmp: 'image/bmp',
};

/**
 * The file with a picture of the image: its thumbnail, or the original where browsers can show it.
 * undefined when the catalogue knows no such image or its file is gone. pathsOf: every path where
 * the image with this hash was seen; undefined for an unknown hash.
 */
export async function findPicture(
  projectFolder: string,
  kind: PictureKind,
  hash: string,
  pathsOf: (hash: string) => readonly string[] | undefined,
): Promise<Picture | undefined> {
  if (!isHash.test(hash)) return undefined;
  const paths = pathsOf(hash);
  if (!paths) return undefined;
  if (kind === 'thumb') {
    const path = thumbnailPath(join(projectFolder, 'cache', 'thumbnails'), hash);
    return (await isFile(path)) ? { path, type: 'image/webp' } : undefined;
  }
  for (const path of originalFiles(projectFolder, { hash, paths })) {
    const type = await shownType(path).catch(() => undefined);
    if (type !== undefined) return { path, type };
  }
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function shownType(path: string): Promise<string | undefined> {
  if (!(await isFile(path))) return undefined;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(kindBytes), 0, kindBytes, 0);
    const kind = fileKind(buffer.subarray(0, bytesRead));
    return kind.supported ? shownTypes[kind.kind] : undefined;
  } finally {
    await file.close();
  }
}
