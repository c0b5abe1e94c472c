// What an import is told about classes, masks and contradictions, and the heaps into which it sorts files
// that it does not import.

import { z } from 'zod';
import type { ImportProblems } from '../image.ts';
import { role } from '../image.ts';

/** The role of each class by name (null: images of no class); images of a class that is skipped are not imported. */
export const classRoles = z
  .array(
    z.strictObject({
      class: z.string().min(1).max(1000).nullable(),
      role: role.or(z.literal('skip')),
    }),
  )
  .max(10_000);
export type ClassRoles = z.infer<typeof classRoles>;

/** What counts for an image whose folder contradicts the role that is given for all of them. */
export const roleConflicts = ['role', 'folders'] as const;
export type RoleConflict = (typeof roleConflicts)[number];

export const maskRules = ['leave-out', 'take'] as const;
export type MaskRule = (typeof maskRules)[number];

/** Files that are no images: texts, tables, settings of microscopes, archives within folders. */
export interface NotImages {
  readonly count: number;
  /** At most 200; `reason` says what each is. */
  readonly first: ImportProblems['problems'];
}

/** How much was left out on purpose; a folder counts as one. */
export interface LeftOut {
  /** Names that start with a dot. */
  readonly hidden: number;
  /** Thumbnails of microscopes and drives, recycle bins, and what else programs leave in folders. */
  readonly system: number;
  /** Masks and label images. */
  readonly masks: number;
  /** Normscope's own project folders. */
  readonly projects: number;
  /** Images of classes that are skipped. */
  readonly skipped: number;
  /** Some of their names, at most 12: "@eaDir", "cell0_mask.png". */
  readonly names: readonly string[];
}
