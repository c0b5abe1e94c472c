// Where the files of images are: files that moved, and how they are found again.

import { z } from 'zod';
import { method } from '#rpc/method.ts';

export interface LostFiles {
  /** Images of datasets of which no file is where it was seen. */
  readonly lost: number;
  /** The folders and archives that most of them were in, at most five. */
  readonly folders: readonly { readonly folder: string; readonly lost: number }[];
}

/** The result of a job of kind "relink". */
export interface RelinkResult {
  /** Images that were lost before. */
  readonly lost: number;
  readonly found: number;
  /** Where images were that are still lost, at most 200. */
  readonly missing: readonly string[];
}

export const placeMethods = {
  /** Looks for every file of the project: seconds for 100,000 files on a network drive. Stops with its caller. */
  'files.check': method<LostFiles>()(z.strictObject({})),
  /** Finds lost images in folders, by the content of files: a job of kind "relink". */
  'files.relink': method<{ jobId: number }>()(
    z.strictObject({ folders: z.array(z.string().min(1)).min(1) }),
  ),
} as const;
