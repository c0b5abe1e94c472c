// The project's files on the disk: their sizes, what can be cleared, and backups of the catalogue.

import { z } from 'zod';
import { method } from '#rpc/method.ts';

/** Clearable parts are recreated when they are needed. */
export const storageParts = [
  ...(['catalogue', 'thumbnails', 'originals', 'pixels', 'features', 'pictures'] as const),
  ...(['models', 'trash', 'exports', 'backups'] as const),
] as const;
export type StoragePart = (typeof storageParts)[number];

export interface Storage {
  /** Absolute. */
  readonly folder: string;
  readonly parts: readonly {
    readonly part: StoragePart;
    readonly bytes: number;
    readonly files: number;
    readonly isClearable: boolean;
  }[];
}

export interface Backup {
  /** Of the file. */
  readonly name: string;
  /** ISO 8601. */
  readonly time: string;
  readonly bytes: number;
}

export const projectMethods = {
  /** readOnly: why nothing can be written, and the remedy; null where it can. */
  'project.show': method<{ folder: string; readOnly: string | null }>()(z.strictObject({})),
  'storage.show': method<Storage>()(z.strictObject({})),
  /** Removes the parts that are recreated when needed. Refused while jobs wait or run. */
  'storage.clear': method<{ freedBytes: number }>()(z.strictObject({})),
  /** The newest first. */
  'backups.list': method<readonly Backup[]>()(z.strictObject({})),
  /** Copies the catalogue, checks the copy, and removes copies older than the newest three. */
  'backups.make': method<Backup>()(z.strictObject({})),
  /**
   * Restores the catalogue from the copy; the current one is copied first. Models, thumbnails and original
   * images are not changed. Refused while jobs wait or run. Clients must load everything again when they
   * receive 'project.restored'.
   */
  'backups.restore': method<{ savedAs: Backup }>()(
    z.strictObject({ name: z.string().regex(/^project-\d{8}T\d{6}Z-v\d+\.sqlite$/) }),
  ),
} as const;
