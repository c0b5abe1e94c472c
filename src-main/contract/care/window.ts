// What a browser's window needs of the computer that serves it: its settings, kept in the project, and folders to
// choose from. The desktop app has both of its own.

import { z } from 'zod';
import { method } from '#rpc/method.ts';

/** Settings of the window that a project keeps. */
export const windowSettingNames = [
  ...(['tour', 'normscope.reviewer', 'normscope-theme'] as const),
  ...(['normscope.tile-label', 'thumbnail-size'] as const),
] as const;
export type WindowSetting = (typeof windowSettingNames)[number];

export interface BrowsedFolder {
  /** Absolute; null for the list of places to start from. */
  readonly path: string | null;
  /** null for a place to start from. */
  readonly parent: string | null;
  /** Sorted; without hidden folders, links and system folders; at most 1,000. */
  readonly folders: readonly { readonly name: string; readonly path: string }[];
  /** Files in it that are named like images, archives or tables. */
  readonly files: number;
}

export const windowMethods = {
  'window.settings': method<Readonly<Partial<Record<WindowSetting, string>>>>()(z.strictObject({})),
  'window.keep': method<null>()(
    z.strictObject({ name: z.enum(windowSettingNames), value: z.string().max(200) }),
  ),
  /**
   * The folders in a folder, and no file's name or content. Only below the home folder, the folder around the
   * project, and drives: throws `bad-input` for others and for links out of these, `not-found` for none.
   */
  'folders.list': method<BrowsedFolder>()(
    z.strictObject({ path: z.string().min(1).max(4096).optional() }),
  ),
} as const;
