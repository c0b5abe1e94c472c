// Finds the picture files of catalogued images, by hash, never by path.

import { open, stat } from 'node:fs/promises';
import { fileKind, kindBytes } from '../formats/kind.ts';
import { thumbnailPath } from './reader-tasks.ts';

export interface Picture {
  /** Absolute. */
  readonly path: string;
  /** HTTP content type: "image/webp". */
  readonly type: string;
}

export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** Formats that every browser shows. */
const shownTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  bmp: 'image/bmp',
};

/** undefined when it is gone. folder: of thumbnails. */
export async function thumbnail(folder: string, hash: string): Promise<Picture | undefined> {
  const path = thumbnailPath(folder, hash);
  return (await isFile(path)) ? { path, type: 'image/webp' } : undefined;
}

/** The first of the files that browsers can show; undefined without one. */
export async function shownOriginal(files: readonly string[]): Promise<Picture | undefined> {
  for (const path of files) {
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
