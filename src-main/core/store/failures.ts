// Failures of the catalogue that a user can remedy, with their messages.

import { dirname, join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { diskFull } from '#files/file-failure.ts';
import { listBackups } from './backups.ts';
import { errorCode } from './sqlite.ts';

/** `what` describes the damage of the catalogue at `path`; the message names the remedy. */
export function damaged(path: string, what: string, cause?: unknown): Failure {
  const backups = join(dirname(path), 'backups');
  const newest = listBackups(backups).at(-1);
  const wayOut =
    newest === undefined
      ? 'There is no earlier copy in the folder "backups". Restore the project from your own ' +
        'backup, or create a new project and import the images again; they were not changed.'
      : 'To go back to the newest earlier copy, move every file whose name begins with "project." ' +
        `into another folder, then copy ${join(backups, newest)} to ${path}.`;
  return new Failure(
    'project-damaged',
    `The catalogue of this project cannot be used: ${what}. It was left as it is. ${wayOut}`,
    path,
    { cause },
  );
}

/** An error of SQLite or the file system about the file at `path`, as a Failure if it is an expected one. */
export function asFailure(error: unknown, path: string): unknown {
  const failure = (code: Failure['code'], message: string) =>
    new Failure(code, message, path, { cause: error });
  switch (errorCode(error)) {
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return damaged(path, 'its contents are damaged', error);
    case 'SQLITE_FULL':
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(path, error);
    case 'SQLITE_BUSY':
      return failure(
        'project-in-use',
        'Another program holds the catalogue of this project. Close it and try again.',
      );
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failure(
        'bad-input',
        'The project cannot be written. Give yourself permission to write its folder, or copy it.',
      );
    case 'SQLITE_IOERR':
    case 'SQLITE_PROTOCOL':
    case 'SQLITE_NOLFS':
    case 'SQLITE_PERM':
    case 'EIO':
    case 'ESTALE':
    case 'ENOTCONN':
    case 'EHOSTDOWN':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return failure(
        'bad-input',
        `The drive reports an error at ${path}. Check that it is connected and works, and open the ` +
          'project again; if that does not help, copy the project to a drive of this computer.',
      );
    default:
      return error;
  }
}

/** Whether `asFailure` made it of an error that says that the project may not be written. */
export function isUnwritable(error: unknown): boolean {
  return error instanceof Failure && unwritable.has(errorCode(error.cause) ?? '');
}

const unwritable: ReadonlySet<string> = new Set([
  ...['SQLITE_READONLY', 'SQLITE_CANTOPEN', 'EACCES', 'EPERM', 'EROFS'],
]);
