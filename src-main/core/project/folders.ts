// Lists folders for a client that cannot see this computer's disks. Nothing outside of the places to start from is
// listed, whichever way its path is written.

import { readdir, realpath } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { BrowsedFolder } from '#contract/care/window.ts';
import { Failure } from '#domain/failure.ts';

export interface Place {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

const mostFolders = 1000;
const importable = /\.(png|jpe?g|webp|bmp|tiff?|svs|ndpi|zip|tar|tgz|tar\.gz|csv|tsv)$/i;
/** Folders that systems and other programs make. */
const systemFolder = /^(\.|\$|System Volume Information$|__MACOSX$|lost\+found$|@eaDir$)/;

/** Home, the folder around the project, and what is mounted: each once, and only what is there. */
export async function placesToStart(project: string): Promise<readonly Place[]> {
  const found = [
    { name: 'Home', path: homedir() },
    { name: 'Beside the project', path: dirname(project) },
    ...(await drives()),
  ];
  const places: Place[] = [];
  for (const { name, path } of found) {
    const real = await realpath(path).catch(() => undefined);
    if (real !== undefined && !places.some((known) => known.path === real)) {
      places.push({ name, path: real });
    }
  }
  return places;
}

async function drives(): Promise<readonly Place[]> {
  if (process.platform === 'win32') {
    return Array.from({ length: 26 }, (_, at) => {
      const letter = String.fromCharCode(65 + at);
      return { name: `Drive ${letter}:`, path: `${letter}:\\` };
    });
  }
  const around =
    process.platform === 'darwin'
      ? ['/Volumes']
      : ['/mnt', '/media', `/media/${userInfo().username}`, `/run/media/${userInfo().username}`];
  const lists = await Promise.all(
    around.map(async (folder) =>
      (await foldersIn(folder).catch(() => [])).map((name) => ({ name, path: join(folder, name) })),
    ),
  );
  return lists.flat();
}

/** Without a path: the places themselves. Throws `bad-input`, `not-found` and `unreadable-file`. */
export async function browse(
  path: string | undefined,
  places: readonly Place[],
): Promise<BrowsedFolder> {
  if (path === undefined) return { path: null, parent: null, folders: places, files: 0 };
  const folder = isAbsolute(path) ? await realpath(path).catch(() => undefined) : undefined;
  if (folder === undefined) {
    throw new Failure('not-found', `There is no folder ${path}.`, path);
  }
  if (!places.some((place) => contains(place.path, folder))) {
    throw new Failure(
      'bad-input',
      `${path} is outside of the places that can be browsed. Type the path of the folder instead.`,
      path,
    );
  }
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new Failure(
      'bad-input',
      `${path} cannot be read. Check that it is a folder and who may read it.`,
      path,
      {
        cause: error,
      },
    );
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const isPlace = places.some((place) => place.path === folder);
  return {
    path: folder,
    parent: isPlace ? null : dirname(folder),
    folders: shown(names).map((name) => ({ name, path: join(folder, name) })),
    files: entries.filter((entry) => entry.isFile() && importable.test(entry.name)).length,
  };
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return shown(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
}

function shown(names: readonly string[]): readonly string[] {
  return names
    .filter((name) => !systemFolder.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .slice(0, mostFolders);
}

function contains(place: string, folder: string): boolean {
  const way = relative(place, folder);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
