// Datasets of a project, and what a user does with a whole one. The images' files are never changed.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import type { EditState } from './edit.ts';
import { datasetName, type Role } from './image.ts';

export interface DatasetSummary {
  readonly name: string;
  readonly items: number;
  readonly roles: Readonly<Partial<Record<Role, number>>>;
}

const named = z.strictObject({ name: datasetName });

export const datasetMethods = {
  'datasets.list': method<readonly DatasetSummary[]>()(z.strictObject({})),
  /**
   * Edits, which can be undone. All three are refused with `bad-input` while a job imports into the dataset,
   * scores it or trains on it, and where the name is taken.
   */
  'datasets.rename': method<{ state: EditState }>()(named.extend({ to: datasetName })),
  /** Moves all images into another dataset. Where both have an image, the other's role and class stay. */
  'datasets.merge': method<{ added: number; known: number; state: EditState }>()(
    named.extend({ into: datasetName }),
  ),
  /** Removes the dataset from the project; its runs keep what they used. */
  'datasets.delete': method<{ images: number; state: EditState }>()(named),
  /** How many images of each dataset match, by name, group, class or domain; datasets without any are left out. */
  'datasets.search': method<readonly { readonly name: string; readonly count: number }[]>()(
    z.strictObject({ text: z.string().min(1).max(200) }),
  ),
} as const;
