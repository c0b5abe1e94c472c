// A job that failed but has a result, for instance the list of files that were not found.

import { Failure } from '#domain/failure.ts';

/** Thrown by a handler: the job's failure is this one, and its result is kept. */
export class FailedJob extends Failure {
  /** JSON-safe. */
  readonly result: unknown;

  constructor({ code, message, path }: Failure, result: unknown) {
    super(code, message, path);
    this.result = result;
  }
}
