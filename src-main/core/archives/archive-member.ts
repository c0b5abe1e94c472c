// Types and errors shared by the readers of .zip and .tar archives.

import { Failure } from '#domain/failure.ts';

export interface MemberEncoding {
  readonly title: string;
  readonly isSure: boolean;
}

/** A member as an archive's reader lists it. */
export interface RawMember {
  readonly name: string;
  readonly bytes: number;
  /** Why it cannot be imported because of its kind (a link, a device, encrypted). */
  readonly refusal?: string;
  /** How the name was decoded when the archive does not say it; `isSure`: no other is as plausible. */
  readonly encoding?: MemberEncoding;
  /** Must be read before the next member is requested. */
  open(): Promise<AsyncIterable<Buffer>>;
}

export const inflated = () =>
  new Failure(
    'unsafe-archive',
    'The archive unpacks to more than 100 times its size, which no archive of images does. ' +
      'Unpack it with another program and import the folder.',
  );
