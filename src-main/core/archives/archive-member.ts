// What the readers of .zip and .tar archives have in common.

import { Failure } from '#domain/failure.ts';

/** A member as its archive's reader finds it. */
export interface RawMember {
  readonly name: string;
  readonly bytes: number;
  /** Why the archive's format alone forbids taking it (a link, a device, encrypted). */
  readonly refusal?: string;
  /** To be read before the next member is asked for. */
  open(): Promise<AsyncIterable<Buffer>>;
}

export const inflated = () =>
  new Failure(
    'unsafe-archive',
    'The archive unpacks to more than 100 times its size, which no archive of images does. ' +
      'Unpack it with another program and import the folder.',
  );
