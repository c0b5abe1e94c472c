// Writes a report into a project's folder of exports.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePath } from '#files/free-path.ts';
import { makeFolder, writeWhole } from '#files/whole-file.ts';
import { exportStem } from '../export-name.ts';
import { reportPage } from './page.ts';
import type { JudgedImage, Report, ReportImage } from './report.ts';

export type ReportContents = Omit<Report, 'pictures'> & {
  readonly model: number;
  readonly dataset: string;
  /** Which images are shown; all when left out. */
  readonly isShown?: (image: JudgedImage & { readonly place: number }) => boolean;
  /** Where to; the project's folder "exports" when left out. */
  readonly folder?: string | undefined;
};

/** Thumbnails read at once. */
const readAtOnce = 64;

/**
 * Returns the absolute path of the page, which is written whole or not at all; nothing is overwritten.
 * Throws `disk-full`, and `bad-input` when the folder cannot be written.
 */
export async function writeReport(project: string, contents: ReportContents): Promise<string> {
  const { model, dataset, isShown = () => true, folder, ...rest } = contents;
  const pictures = await withThumbnails(
    join(project, 'cache', 'thumbnails'),
    rest.images.map((image, index) => ({ ...image, place: index + 1 })).filter(isShown),
  );
  const exports = folder ?? resolve(project, 'exports');
  await makeFolder(exports);
  const stem = exportStem(dataset, model, contents.createdAt);
  const path = await freePath(exports, stem, '.html');
  await writeWhole(path, [reportPage({ ...rest, pictures })]);
  return path;
}

async function withThumbnails(
  folder: string,
  images: readonly (JudgedImage & { readonly place: number })[],
): Promise<readonly ReportImage[]> {
  const all: ReportImage[] = [];
  for (let start = 0; start < images.length; start += readAtOnce) {
    const some = images.slice(start, start + readAtOnce).map(async (image) => ({
      ...image,
      // The cache may be cleared at any time.
      thumbnail: await readFile(join(folder, `${image.hash}.webp`)).catch(() => null),
    }));
    all.push(...(await Promise.all(some)));
  }
  return all;
}
