// Turns an error of writing a file into a Failure that names the file and the remedy.

import { Failure } from '#domain/failure.ts';

/** The disk, or the user's quota, is full. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

export function diskFull(path: string, cause: unknown): Failure {
  return new Failure(
    'disk-full',
    `The disk is full: ${path} cannot be written. Free some space and try again; what was finished ` +
      'before is kept.',
    path,
    { cause },
  );
}

/** `error`, of writing the file at `path`, as a Failure where a user can remedy it. */
export function fileFailure(error: unknown, path: string): unknown {
  if (isDiskFull(error)) return diskFull(path, error);
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure(
        'bad-input',
        `${path} cannot be written: this account has no right to write in that folder, or the drive is ` +
          'read-only. Give yourself permission to write there, or use another folder.',
        path,
        { cause: error },
      );
    default:
      return error;
  }
}
