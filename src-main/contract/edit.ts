// Edits by the user, which can be undone, also after a restart. Changes by imports and runs are not edits.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import { imageFilter, role, splitNames, type ImageFilter } from './image.ts';

/** What undo and redo would change, as text: "Set role to anomaly: 12 images of cells". */
export interface EditState {
  readonly undo: string | null;
  readonly redo: string | null;
}

/** Images of one dataset: listed, or all that match a filter. */
export type Selection =
  | { readonly dataset: string; readonly imageIds: readonly number[] }
  | { readonly filter: ImageFilter };

const label = z.string().trim().min(1).max(1000).nullable();

const selection: z.ZodType<Selection> = z.union([
  z.strictObject({
    dataset: imageFilter.shape.dataset,
    imageIds: z.array(z.int().min(1)).min(1).max(1_000_000),
  }),
  z.strictObject({ filter: imageFilter }),
]);

export const itemChange = z
  .strictObject({
    role: role.optional(),
    /** null removes it. */
    class: label.optional(),
    group: label.optional(),
    domain: label.optional(),
    split: z.enum(splitNames).optional(),
  })
  .refine((set) => Object.values(set).some((value) => value !== undefined), 'nothing to set');
export type ItemChange = z.output<typeof itemChange>;

const usedImage = z.strictObject({
  dataset: imageFilter.shape.dataset,
  imageId: z.int().min(1),
});
/** An image as one dataset uses it. */
export type UsedImage = z.output<typeof usedImage>;

export const editMethods = {
  /**
   * Sets role, class, group, domain or split of the selected images; `changed` counts those that were
   * different. A new role without a split brings the split that an import would give.
   */
  'items.edit': method<{ changed: number; state: EditState }>()(
    z.strictObject({ selection, set: itemChange }),
  ),
  /** As 'items.edit' for several lists of images of a dataset: one edit, described by `words`. */
  'items.editEach': method<{ changed: number; state: EditState }>()(
    z.strictObject({
      dataset: imageFilter.shape.dataset,
      words: z.string().trim().min(1).max(200),
      parts: z
        .array(
          z.strictObject({
            imageIds: z.array(z.int().min(1)).min(1).max(1_000_000),
            set: itemChange,
          }),
        )
        .min(1)
        .max(100),
    }),
  ),
  /** Makes the images neither train, calibrate nor test: one edit, also for several datasets. */
  'items.leaveOut': method<{ changed: number; state: EditState }>()(
    z.strictObject({ images: z.array(usedImage).min(1).max(1_000_000) }),
  ),
  /** Undoes the last edit; `words` describes it, null when there is none. */
  'edits.undo': method<{ words: string | null; state: EditState }>()(z.strictObject({})),
  /** Redoes the last undone edit; `words` describes it, null when there is none. */
  'edits.redo': method<{ words: string | null; state: EditState }>()(z.strictObject({})),
  'edits.state': method<EditState>()(z.strictObject({})),
} as const;
