// A job that failed and has a result all the same, for instance the list of what could not be found.

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
