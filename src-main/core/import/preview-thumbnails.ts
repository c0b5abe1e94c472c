// Thumbnails of files that are not imported yet.

import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { archiveOf } from '../archives/archive.ts';
import type { ImageViewer } from '../reader/viewer.ts';

interface Previewed {
  readonly path: string;
  /** null for a file that cannot be read and for a member of an archive, which would have to be unpacked. */
  readonly hash: string | null;
}

/** In the order of `paths`; the viewer bounds how many are read at once. Throws `stopped`. */
export async function previewThumbnails(
  paths: readonly string[],
  stop: Stop,
  viewer: Pick<ImageViewer, 'previewThumbnail'>,
): Promise<Previewed[]> {
  const previewed = paths.map(async (path) => {
    const isMember = archiveOf(path) !== undefined;
    return { path, hash: isMember ? null : await viewer.previewThumbnail(path, stop) };
  });
  const found = await Promise.all(previewed);
  throwIfStopped(stop);
  return found;
}
