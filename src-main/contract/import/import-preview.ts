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
} from '../image.ts';
import {
  classRoles,
  maskRules,
  roleConflicts,
  type LeftOut,
  type NotImages,
} from './import-rules.ts';

/** The preview of one file. */
export interface PreviewedFile {
  readonly path: string;
  readonly role: Role;
  readonly class: string | null;
  readonly group: string | null;
  readonly domain: string | null;
}

/** A class of the images, with the role that they get unless `classRoles` gives it another. */
export interface PreviewedClass {
  /** null: images of no class. */
  readonly name: string | null;
  readonly images: number;
  /** Of most of its images. */
  readonly role: Role;
  /** How many images get which role, most frequent first. */
  readonly roles: readonly FacetCount<Role>[];
  /** Where the role comes from: 'the folder "good"'; null when nothing gives one. */
  readonly reason: string | null;
  /**
   * At most five, spread over the class. `hash` is known of images that were imported before; of the others
   * 'images.previewThumbnails' answers it. The picture is then at `thumb/HASH`.
   */
  readonly examples: readonly { readonly path: string; readonly hash: string | null }[];
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
  /** The same classes in the same order, with roles and examples. */
  readonly classTable: readonly PreviewedClass[];
  readonly groups: readonly FacetCount<string | null>[];
  readonly domains: readonly FacetCount<string | null>[];
  /** Whether folders, the table or the import say which images to train on and which to test with. */
  readonly namesSplits: boolean;
  /** The layout as text: "class folders". */
  readonly recognised: readonly string[];
  /** Images that cannot be read, and paths that are not there. */
  readonly problems: { readonly count: number; readonly first: ImportProblems['problems'] };
  readonly notImages: NotImages;
  readonly leftOut: LeftOut;
  /** Images whose folder gives another role than `role`; see `conflicts`. */
  readonly contradictions: number;
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
      /** These three as those of 'images.import'. */
      classRoles: classRoles.optional(),
      masks: z.enum(maskRules).optional(),
      conflicts: z.enum(roleConflicts).optional(),
    }),
  ),
  /**
   * Makes the thumbnails of files that are not imported yet, with the hash of each; null for a file that
   * cannot be read, and for members of archives. They are kept until the project is opened again. Takes
   * seconds for large files, and stops with its caller.
   */
  'images.previewThumbnails': method<
    readonly { readonly path: string; readonly hash: string | null }[]
  >()(
    z.strictObject({
      /** Absolute. */
      paths: z.array(z.string().min(1)).min(1).max(100),
    }),
  ),
} as const;
