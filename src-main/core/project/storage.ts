// The project's files on the disk: their sizes, and clearing of those that are recreated when needed.

import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { coreMethods } from '#contract/core.ts';
import { storageParts, type Backup, type Storage, type StoragePart } from '#contract/project.ts';
import { Failure } from '#domain/failure.ts';
import type { HandlersOf } from '#rpc/method.ts';
import { folderSize } from './folder-size.ts';
import { previewsFolder, renderedFolder } from '../reader/viewer.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { runFolder } from '../store/runs/run-folder.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { listBackups } from '../store/backups.ts';
import { deletedRuns } from '../store/runs/run-trash.ts';

type ProjectMethods = Pick<
  HandlersOf<typeof coreMethods>,
  | 'project.show'
  | 'storage.show'
  | 'storage.clear'
  | 'backups.list'
  | 'backups.make'
  | 'backups.restore'
>;

export interface ProjectPorts {
  /** Absolute. */
  readonly folder: string;
  /** Why nothing can be written; null where it can. */
  readonly readOnly: string | null;
  readonly database: ProjectDatabase;
  readonly queue: JobQueue;
  /** Returns the copy's path. */
  readonly backUp: () => Promise<string>;
  /** Returns the path of a copy made before. Throws `project-damaged` and `project-too-new`. */
  readonly restore: (backup: string, onRestored: () => void) => Promise<string>;
  readonly onRestored: () => void;
}

/** Everything else is the user's, or could not be recreated without the original files. */
const clearable: readonly StoragePart[] = ['pixels', 'features', 'pictures'];

export function projectMethods(ports: ProjectPorts): ProjectMethods {
  const { folder, readOnly, queue, backUp, restore, onRestored } = ports;
  const backups = join(folder, 'backups');
  return {
    'project.show': () => ({ folder, readOnly }),
    'storage.show': () => showStorage(ports),
    'storage.clear': async () => {
      assertIdle(ports, 'Clear the cache');
      const release = queue.hold();
      try {
        return { freedBytes: await clear(folder) };
      } finally {
        release();
      }
    },
    'backups.list': async () => {
      const names = listBackups(backups).reverse();
      return await Promise.all(names.map((name) => describe(join(backups, name))));
    },
    'backups.make': async () => describe(await backUp()),
    'backups.restore': async ({ name }) => {
      assertIdle(ports, 'Restore the copy');
      if (!listBackups(backups).includes(name)) {
        throw new Failure('not-found', `There is no copy ${name} of the catalogue.`);
      }
      const release = queue.hold();
      try {
        return { savedAs: await describe(await restore(join(backups, name), onRestored)) };
      } finally {
        release();
      }
    },
  };
}

/** Throws `bad-input` while jobs wait or run, because they use the files that would change. */
function assertIdle({ queue }: ProjectPorts, what: string): void {
  if (queue.specsAlive().length === 0) return;
  throw new Failure('bad-input', `Work is running. ${what} once it has ended or is paused.`);
}

/** Returns the number of bytes freed. */
async function clear(folder: string): Promise<number> {
  let freedBytes = 0;
  for (const part of clearable) {
    for (const path of foldersOf(folder, part, [])) {
      freedBytes += (await folderSize(path)).bytes;
      await rm(path, { recursive: true, force: true });
    }
  }
  return freedBytes;
}

async function showStorage({ folder, database }: ProjectPorts): Promise<Storage> {
  const inTrash = database.read(deletedRuns).map((run) => runFolder(folder, run));
  const sizes = new Map<StoragePart, { bytes: number; files: number }>();
  for (const part of storageParts) {
    let [bytes, files] = [0, 0];
    for (const path of foldersOf(folder, part, inTrash)) {
      const size = await folderSize(path);
      bytes += size.bytes;
      files += size.files;
    }
    sizes.set(part, { bytes, files });
  }
  const catalogue = await Promise.all(
    ['', '-wal', '.sha256'].map((ending) =>
      stat(join(folder, `project.sqlite${ending}`)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  sizes.set('catalogue', { bytes: catalogue.reduce((sum, bytes) => sum + bytes, 0), files: 1 });
  const models = sizes.get('models')!;
  const trash = sizes.get('trash')!;
  // The trash is a part of the folder of models.
  sizes.set('models', { bytes: models.bytes - trash.bytes, files: models.files - trash.files });
  return {
    folder,
    parts: storageParts.map((part) => ({
      ...{ part, ...sizes.get(part)!, isClearable: clearable.includes(part) },
    })),
  };
}

function foldersOf(project: string, part: StoragePart, inTrash: readonly string[]): string[] {
  switch (part) {
    case 'catalogue':
      return [];
    case 'thumbnails':
    case 'originals':
      return [join(project, 'cache', part)];
    case 'features':
      return [join(project, 'cache', 'features')];
    case 'pixels':
      return [join(project, 'cache', 'shards')];
    case 'pictures':
      return [renderedFolder(project), previewsFolder(project)];
    case 'trash':
      return [...inTrash];
    default:
      return [join(project, part)];
  }
}

/** The time in its name is when it was made; a file's own time changes when it is copied. */
async function describe(path: string): Promise<Backup> {
  const name = basename(path);
  const [, date, time] = /^project-(\d{8})T(\d{6})Z/.exec(name)!;
  const [day, clock] = [date!.replace(/(....)(..)/, '$1-$2-'), time!.replace(/(..)(..)/, '$1:$2:')];
  return { name, time: `${day}T${clock}Z`, bytes: (await stat(path)).size };
}
