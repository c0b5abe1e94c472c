// Exports of images with what a model and reviewers say of them. Nothing is overwritten: every export is
// a new file or folder.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import type { ImportProblem } from './core.ts';
import { datasetName, scoreName } from './image.ts';

/** "anomalous": judged anomalous by a reviewer. */
export const exportWhat = ['flagged', 'anomalous', 'selection', 'all'] as const;
export type ExportWhat = (typeof exportWhat)[number];

const folder = z.string().min(1).max(4096);
const imagesToExport = z.strictObject({
  modelId: z.int().min(1),
  dataset: datasetName,
  /** Left out: the run's own choice. */
  by: scoreName.optional(),
  what: z.enum(exportWhat).default('all'),
  /** For "selection". */
  imageIds: z.array(z.int().min(1)).max(1_000_000).optional(),
  /** Absolute, and there; the project's folder "exports" when left out. */
  folder: folder.optional(),
});

/** Each throws `not-found`, `disk-full`, and `bad-input` for nothing to export or a folder that is not there. */
export const exportMethods = {
  /**
   * Writes a printable page: title block, one page of summary, the images, every measure and setting. "flagged"
   * also shows every judged image. `path` is absolute.
   */
  'exports.report': method<{ path: string; images: number }>()(
    imagesToExport.extend({
      /** The number of strangest images shown of "all", in addition to all reviewed ones. */
      pictures: z.int().min(0).max(5000).default(300),
      /** About the microscope, the stain, the question; in the title block. */
      note: z.string().trim().max(2000).optional(),
    }),
  ),
  /**
   * Writes a table of images with ranks, scores and verdicts, by rank, in the column format of CellProfiler
   * Analyst, as UTF-8 with a byte-order mark. "all" has the dataset's unscored images too. `path` is absolute.
   */
  'exports.csv': method<{ path: string; rows: number }>()(
    imagesToExport.extend({
      /**
       * "point": cells separated by commas, for programs and English spreadsheets. "comma": decimal commas, and
       * cells separated by semicolons, as spreadsheets of most of Europe open a table.
       */
      decimals: z.enum(['point', 'comma']).default('point'),
    }),
  ),
  /** Copies the images' files into a new folder, with the rank in the name; regions of files as PNG. */
  'exports.copies': method<{
    path: string;
    copied: number;
    /** Files that are no longer there or have changed. */
    failed: readonly ImportProblem[];
  }>()(imagesToExport),
  /** Writes the images' paths, one a line, by rank. */
  'exports.paths': method<{ path: string; images: number }>()(imagesToExport),
} as const;
