// The preview of an import of chosen files, before anything is written.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import {
  datasetName,
  role,
  splitNames,
  type FacetCount,
  type ImportProblems,
  type Role,
} from './image.ts';

/** The preview of one file. */
export interface PreviewedFile {
  readonly path: string;
  readonly role: Role;
  readonly class: string | null;
  readonly group: string | null;
  readonly domain: string | null;
}

export interface ImportPreview {
  /** False when the preview reached its limits: the counts are then lower bounds. */
  readonly isComplete: boolean;
  /** Files that start like images. */
  readonly images: number;
  /** Of these, files that an earlier import has catalogued and that have not changed since. */
  readonly known: number;
  readonly roles: readonly FacetCount<Role>[];
  /** null counts images without one. Most frequent first, at most 200. */
  readonly classes: readonly FacetCount<string | null>[];
  readonly groups: readonly FacetCount<string | null>[];
  readonly domains: readonly FacetCount<string | null>[];
  /** Whether folders, the table or the import say which images to train on and which to test with. */
  readonly namesSplits: boolean;
  /** The layout as text: "class folders". */
  readonly recognised: readonly string[];
  readonly problems: { readonly count: number; readonly first: ImportProblems['problems'] };
  readonly leftOut: { readonly hidden: number; readonly masks: number };
  /** One of each class and role, for the user to check. */
  readonly examples: readonly PreviewedFile[];
}

export const importPreviewMethods = {
  /**
   * Walks and recognises, and writes nothing. Files are opened to see whether they start like images;
   * damage further on is found by the import. Stops with its caller.
   */
  'images.preview': method<ImportPreview>()(
    z.strictObject({
      /** Absolute. */
      paths: z.array(z.string().min(1)).min(1),
      /** The dataset for the images; it is created when there is none. */
      dataset: datasetName,
      role: role.optional(),
      group: z.string().min(1).optional(),
      domain: z.string().min(1).max(1000).optional(),
      split: z.enum(splitNames).optional(),
    }),
  ),
} as const;
