// Failures that a user can act upon. Any other error is a bug.

/** Closed set: a client may switch on it, a script may match it. */
export const failureCodes = [
  'bad-input', // the user's input is wrong: the message says what and how to correct it
  'unknown-option',
  'not-found',
  'unreadable-image',
  'not-an-image', // a text or another file beside images: no failure of an import that finds it in a folder
  'unsafe-archive',
  'too-few-images',
  'project-in-use',
  'project-too-new',
  'project-damaged',
  'disk-full',
  'engine-unavailable',
  'device-lost', // the graphics card or its driver stopped working during the computation
  'out-of-memory', // of the device that computes, or of the processor even for the smallest batch
  'not-finite', // NaN or infinity in loss or gradients: the message names step and tensor
  'checkpoint-damaged',
  'stopped', // the user cancelled: never shown as an error
  'link-closed', // the other process went away
] as const;

export type FailureCode = (typeof failureCodes)[number];

/** A failure with a code, a sentence for the user, and the path concerned, if any. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly path: string | undefined;

  constructor(code: FailureCode, message: string, path?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}
