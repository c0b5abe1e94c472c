// An engine that this computer does not have: what is missing, and beside it what can be done.

import { Failure } from '../failure.ts';

/** `engine-unavailable`, with the missing thing as a clause of its own for lists of reasons. */
export class EngineAbsent extends Failure {
  /** A clause without a full stop. */
  readonly missing: string;

  /** `remedy`: whole sentences. */
  constructor(missing: string, remedy: string) {
    super('engine-unavailable', `${missing}. ${remedy}`);
    this.missing = missing;
  }
}
