// Exports of the images' files: copies with the rank in the name, or a list of their paths.

import { join, parse, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import type { ImportProblem } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { neverStop } from '#domain/stop.ts';
import { freePath } from '#files/free-path.ts';
import { makeFolder, writeWhole } from '#files/whole-file.ts';
import { fileOf, originalFiles, restoreOriginals } from '../archives/originals.ts';
import type { ShardImage } from '../datasets/pixel-shards.ts';
import { standardPixelLimit } from '../formats/decode.ts';
import { readImageFile } from '../formats/read-file.ts';
import { endsJob, reasons } from '../formats/unreadable.ts';
import type { ImageReader } from '../reader/reader.ts';
import { withReader } from '../reader/with-reader.ts';
import { shardImages } from '../scores/shard-images.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { exportedImages, type ExportImage, type ExportRequest } from './export-images.ts';
import { exportStem } from './export-name.ts';

export interface ExportPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly now: () => Date;
}

/** Where an export goes; made when it is the project's own. Throws `bad-input` for one that is not there. */
export async function exportFolder(project: string, asked: string | undefined): Promise<string> {
  if (asked === undefined) {
    const own = resolve(project, 'exports');
    await makeFolder(own);
    return own;
  }
  const isFolder = await stat(asked).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder && resolve(asked) === asked) return asked;
  throw new Failure('bad-input', `There is no folder ${asked}. Choose one that is there.`, asked);
}

/** One path a line. Throws as the contract says. */
export async function exportPaths(
  { database, folder, now }: ExportPorts,
  request: ExportRequest,
): Promise<{ path: string; images: number }> {
  const images = database.read((reader) => exportedImages(reader, request));
  const target = await exportFolder(folder, request.folder);
  const stem = exportStem(request.dataset, request.modelId, now());
  const path = await freePath(target, `${stem}-paths`, '.txt');
  await writeWhole(
    path,
    images.map((image) => `${image.path}\n`),
  );
  return { path, images: images.length };
}

/** Throws as the contract says; a folder that is not complete stays, with what it has. */
export async function exportCopies(
  { database, folder, now }: ExportPorts,
  request: ExportRequest,
): Promise<{ path: string; copied: number; failed: readonly ImportProblem[] }> {
  const images = database.read((reader) => exportedImages(reader, request));
  const target = await exportFolder(folder, request.folder);
  const stem = exportStem(request.dataset, request.modelId, now());
  const path = await freePath(target, `${stem}-images`, '');
  const files = await shardImages(database, folder, images);
  await restoreOriginals(folder, files.map(fileOf), neverStop);
  await makeFolder(path);
  const digits = Math.max(4, String(images.length).length);
  const failed: ImportProblem[] = [];
  await withReader(neverStop, async (reader) => {
    for (const [index, image] of images.entries()) {
      const problem = await copy(reader, folder, files[index]!, join(path, nameOf(image, digits)));
      if (problem) failed.push({ path: image.path, ...problem });
    }
  });
  return { path, copied: images.length - failed.length, failed };
}

/** "0012 cell 7.png"; taught images have no rank. A region's name says which. */
function nameOf({ path, place }: ExportImage, digits: number): string {
  const [file, region] = splitRegion(path.split(/[\\/!]/).at(-1) ?? 'image');
  const rank = place === null ? 'taught' : String(place).padStart(digits, '0');
  const { name, ext } = parse(file);
  const ending = region === undefined ? ext : '.png';
  const words = `${name}${region === undefined ? '' : ` ${region}`}`.slice(0, 180);
  return `${rank} ${words}${ending}`.replaceAll(/[\u0000-\u001f<>:"|?*\\/]/g, '_');
}

function splitRegion(name: string): [string, string | undefined] {
  const at = name.lastIndexOf('#xywh=');
  return at > 0 ? [name.slice(0, at), name.slice(at + 1)] : [name, undefined];
}

/** undefined when it is copied. */
async function copy(
  reader: ImageReader,
  project: string,
  image: ShardImage,
  wanted: string,
): Promise<Pick<ImportProblem, 'code' | 'reason'> | undefined> {
  const { hash, paths, region } = fileOf(image);
  const files = originalFiles(project, { hash, paths });
  const { dir, name, ext } = parse(wanted);
  const target = await freePath(dir, name, ext);
  try {
    if (region !== null) {
      await reader.run({
        ...{ kind: 'render', hash, paths: files, region, look: undefined, target },
        ...{ scratchFolder: dir, pixelLimit: standardPixelLimit },
      });
      return undefined;
    }
    for (const file of files) {
      const content = await readImageFile(file).catch((error: unknown) => {
        if (error instanceof Failure && !endsJob(error)) return undefined;
        throw error;
      });
      if (content?.hash !== hash) continue;
      await writeWhole(target, [content.bytes], { flush: false });
      return undefined;
    }
    return { code: 'not-found', reason: reasons.vanished };
  } catch (error) {
    if (!(error instanceof Failure) || endsJob(error) || error.code === 'bad-input') throw error;
    return { code: error.code, reason: error.message };
  }
}
