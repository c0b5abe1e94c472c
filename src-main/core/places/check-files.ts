// Looks whether the files of the project's images are where they were seen, and notes those that are not.

import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LostFiles } from '#contract/places.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { archiveOf } from '../archives/archive.ts';
import { keptOriginal } from '../archives/originals.ts';
import type { Catalogue } from '../store/images/catalogue.ts';

/** Files looked up between two yields to other work. */
const batch = 2000;
/** Asked at once: on a network drive each waits for its answer. */
const atOnce = 32;
const foldersTold = 5;

/** Throws `stopped`; what was noted until then stays. */
export async function checkFiles(
  catalogue: Catalogue,
  projectFolder: string,
  stop: Stop,
): Promise<LostFiles> {
  const isThere = knownOnce();
  for (let after = 0; ;) {
    const files = catalogue.seenFiles(after, batch);
    const lost: string[] = [];
    const back: string[] = [];
    await each(files, async ({ path, hash, isLost }) => {
      const archive = archiveOf(path);
      const found =
        (await isThere(archive ?? path, archive !== undefined)) ||
        // Members of archives are unpacked into the project.
        (archive !== undefined && (await isThere(keptOriginal(projectFolder, hash), false)));
      if (found === (isLost === 0)) return;
      (found ? back : lost).push(path);
    });
    throwIfStopped(stop);
    catalogue.noteLost(lost, back);
    if (files.length < batch) break;
    after = files.at(-1)!.id;
  }
  return summary(catalogue.lostImages());
}

function summary(images: readonly { readonly path: string }[]): LostFiles {
  const folders = new Map<string, number>();
  for (const { path } of images) {
    const folder = archiveOf(path) ?? dirname(path);
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const most = [...folders].sort(([, a], [, b]) => b - a).slice(0, foldersTold);
  return { lost: images.length, folders: most.map(([folder, lost]) => ({ folder, lost })) };
}

/** Archives are asked for once, not for each member. */
function knownOnce(): (path: string, isShared: boolean) => Promise<boolean> {
  const shared = new Map<string, Promise<boolean>>();
  return (path, isShared) => {
    if (!isShared) return exists(path);
    const known = shared.get(path) ?? exists(path);
    shared.set(path, known);
    return known;
  };
}

async function each<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** A path that may not be looked at is not taken for lost. */
async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: unknown) =>
      !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''),
  );
}
