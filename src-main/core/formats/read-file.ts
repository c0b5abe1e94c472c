// Reads a file that may be an image: regular files only, up to the size limit, and unchanged during the
// read. Errors of the file system are translated into reasons for users.

import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';
import { fileKind, kindBytes } from './kind.ts';
import { fileSystemReason, notSupported, reasons, unreadable } from './unreadable.ts';

/** No image within the pixel limit needs more: 100 million pixels of three 16-bit channels. */
export const fileLimitBytes = 1024 * 2 ** 20;

/** Read first, to see whether the file is an image: nearly all of those that are small, at once. */
const headBytes = 64 * 2 ** 10;

export interface FileContent {
  readonly bytes: Buffer;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  readonly modifiedMs: number;
}

/**
 * The content of a file that begins like a supported image. Throws `unreadable-image`, `not-an-image` or
 * `not-found` with the reason; anything that is not an image costs one small read.
 */
export async function readImageFile(path: string): Promise<FileContent> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer without end.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const before = await file.stat();
    if (before.isDirectory()) throw unreadable(reasons.folder);
    if (!before.isFile()) throw unreadable(reasons.notRegular);
    if (before.size === 0) throw unreadable(reasons.empty);
    const bytes = await readWhole(file, path, before.size);
    const after = await file.stat();
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
      throw unreadable(reasons.changed);
    }
    return { bytes, hash: hash('sha256', bytes, 'hex'), modifiedMs: Math.floor(before.mtimeMs) };
  } catch (error) {
    throw asFailure(error);
  } finally {
    await file?.close();
  }
}

async function readWhole(file: FileHandle, path: string, size: number): Promise<Buffer> {
  const head = Buffer.allocUnsafe(Math.min(size, headBytes));
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  const found = fileKind(head.subarray(0, Math.min(bytesRead, kindBytes)));
  if (!found.supported) throw notSupported(path, found);
  if (bytesRead === size) return head;
  if (size > fileLimitBytes) throw unreadable(reasons.fileTooLarge(fileLimitBytes));
  const bytes = Buffer.allocUnsafe(size);
  head.copy(bytes, 0, 0, bytesRead);
  let at = bytesRead;
  while (at < size) {
    const { bytesRead: more } = await file.read(bytes, at, size - at, at);
    if (more === 0) throw unreadable(reasons.changed);
    at += more;
  }
  return bytes;
}

function asFailure(error: unknown): unknown {
  if (error instanceof Failure) return error;
  const reason = fileSystemReason(error);
  if (reason === undefined) return error;
  const code = reason === reasons.vanished ? 'not-found' : 'unreadable-image';
  return new Failure(code, reason, undefined, { cause: error });
}
