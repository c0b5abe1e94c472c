// Writes a report into a project's folder of exports.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder, writeWhole } from '#files/whole-file.ts';
import { reportPage } from './page.ts';
import type { JudgedImage, Report, ReportImage } from './report.ts';

export type ReportContents = Omit<Report, 'pictures'> & {
  readonly model: number;
  readonly dataset: string;
  /** The number of strangest images shown, in addition to the reviewed ones; all when left out. */
  readonly pictured?: number;
};

/** Thumbnails read at once. */
const readAtOnce = 64;

/**
 * Returns the absolute path of the page; one page a model and dataset, written whole or not at all.
 * Throws `disk-full`, and `bad-input` when the folder cannot be written.
 */
export async function writeReport(project: string, contents: ReportContents): Promise<string> {
  const { model, dataset, pictured = Infinity, ...rest } = contents;
  const pictures = await withThumbnails(
    join(project, 'cache', 'thumbnails'),
    rest.images
      .map((image, index) => ({ ...image, place: index + 1 }))
      .filter(({ place, judged }) => place <= pictured || judged !== undefined),
  );
  const exports = resolve(project, 'exports');
  const path = join(exports, `${fileName(dataset)}-model-${model}.html`);
  await makeFolder(exports);
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

/** A name that is valid in every file system. */
function fileName(text: string): string {
  const name = text.replaceAll(/[^\p{L}\p{N}_]+/gu, '-');
  return name.slice(0, 60) || 'images';
}
