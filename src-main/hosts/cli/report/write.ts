// Writes a report into a project's folder of exports.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RankedImage } from '#contract/core.ts';
import { reportPage } from './page.ts';
import type { Report } from './report.ts';

export type ReportContents = Omit<Report, 'images' | 'createdAt'> & {
  readonly ranked: readonly RankedImage[];
};

/** Returns the absolute path of the page; one page a model and dataset, written whole. */
export async function writeReport(project: string, contents: ReportContents): Promise<string> {
  const { ranked, ...rest } = contents;
  const thumbnails = join(project, 'cache', 'thumbnails');
  const images = await Promise.all(
    ranked.map(async (image) => ({
      ...image,
      // A cache may be swept at any time.
      thumbnail: await readFile(join(thumbnails, `${image.hash}.webp`)).catch(() => null),
    })),
  );
  const exports = resolve(project, 'exports');
  await mkdir(exports, { recursive: true });
  const { model, dataset } = contents.evaluation;
  const path = join(exports, `${fileName(dataset)}-model-${model}.html`);
  await writeFile(`${path}.tmp`, reportPage({ ...rest, images, createdAt: new Date() }));
  await rename(`${path}.tmp`, path);
  return path;
}

/** A name that every file system takes. */
function fileName(text: string): string {
  const name = text.replaceAll(/[^\p{L}\p{N}_]+/gu, '-');
  return name.slice(0, 60) || 'images';
}
