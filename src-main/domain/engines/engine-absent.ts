// The failure for an engine that this computer does not have: what is missing, and the remedy.

import { Failure } from '../failure.ts';

/** `engine-unavailable`, with what is missing as a separate clause for lists of reasons. */
export class EngineAbsent extends Failure {
  /** A clause without a full stop. */
  readonly missing: string;

  /** `remedy`: whole sentences. */
  constructor(missing: string, remedy: string) {
    super('engine-unavailable', `${missing}. ${remedy}`);
    this.missing = missing;
  }
}
