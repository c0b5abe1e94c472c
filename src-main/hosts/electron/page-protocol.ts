// The scheme of the page: app://normscope/w3/index.html, where w3 names the requesting window. Serves the
// page's own files and the pictures of the window's project; no file is served by path.

import { protocol } from 'electron';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pageFile, pageHeaders, pictureAddress, type PictureAddress } from '#contract/page.ts';
import type { FoundPicture } from './core-process.ts';

const scheme = 'app';
const host = 'normscope';
export const pageOrigin = `${scheme}://${host}`;

/** To be called before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

export function pageAddress(windowId: number): string {
  return `${pageOrigin}/w${windowId}/index.html`;
}

/** picture: of the project that the window with this number has open; null when there is none. */
export function handleScheme(
  pageFolder: string,
  picture: (windowId: number, wanted: PictureAddress) => Promise<FoundPicture | null>,
): void {
  protocol.handle(scheme, async ({ url, method }) => {
    // A reloaded page has its view behind "#".
    const [, windowId, address] = /^app:\/\/normscope\/w(\d{1,9})\/([^#]*)(#.*)?$/.exec(url) ?? [];
    if (method !== 'GET' || windowId === undefined || address === undefined) return refused();
    const file = pageFile(address);
    if (file) return await answer(join(pageFolder, ...file.path), file.type);
    const wanted = pictureAddress(address);
    const found = wanted && (await picture(Number(windowId), wanted));
    return found ? await answer(found.path, found.type) : refused();
  });
}

async function answer(path: string, type: string): Promise<Response> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return refused();
  const body = Readable.toWeb(createReadStream(path)) as ReadableStream;
  const headers = { ...pageHeaders(), 'Content-Type': type, 'Content-Length': String(found.size) };
  return new Response(body, { headers });
}

function refused(): Response {
  return new Response(null, { status: 404, headers: pageHeaders() });
}
