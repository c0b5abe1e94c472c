// Members of a .tar or .tar.gz archive, in its order. Such archives can only be read from beginning
// to end.

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { inflated, type RawMember } from './archive-member.ts';
import { inflationLimit } from '../formats/inflation.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

const chunkBytes = 2 ** 18;

/** tar-stream's entries are streams of another library; this type has the parts that are used. */
interface TarEntry extends AsyncIterable<Buffer> {
  readonly header: Header;
  resume(): void;
}

/** Throws `unreadable-image` when the archive is damaged, `unsafe-archive` when it is a bomb. */
export async function* listTar(archive: string, stop: Stop): AsyncGenerator<RawMember> {
  const entries = extract();
  const { isGzip, bytes } = await look(archive);
  const read = createReadStream(archive, { highWaterMark: chunkBytes });
  const guard = inflationGuard(inflationLimit(bytes), stop);
  const sink = entries as unknown as NodeJS.WritableStream;
  const flow = isGzip
    ? pipeline(read, createGunzip({ chunkSize: chunkBytes }), guard, sink)
    : pipeline(read, guard, sink);
  // Its failure reaches the loop below as the failure of `entries`.
  flow.catch(() => undefined);
  let count = 0;
  try {
    for await (const entry of entries as unknown as AsyncIterable<TarEntry>) {
      count++;
      if (entry.header.type !== 'directory') yield member(entry);
      // Unread content is skipped.
      entry.resume();
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'Failure') throw error;
    throw unreadable(reasons.damagedArchive, error);
  } finally {
    entries.destroy();
    read.destroy();
  }
  if (count === 0) throw unreadable(reasons.damagedArchive);
}

async function look(archive: string): Promise<{ isGzip: boolean; bytes: number }> {
  const file = await open(archive);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return { isGzip: buffer.readUInt16BE(0) === 0x1f8b, bytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

function inflationGuard(limit: number, stop: Stop) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let total = 0;
    for await (const chunk of chunks) {
      throwIfStopped(stop);
      total += chunk.length;
      if (total > limit) throw inflated();
      yield chunk;
    }
  };
}

function member(entry: TarEntry): RawMember {
  const { name, size, type } = entry.header;
  const isFile = type === 'file' || type === 'contiguous-file';
  return {
    name: name.replace(/^(\.\/)+/, ''),
    bytes: size,
    ...(isFile
      ? {}
      : { refusal: 'The member is a link or a device, not a file, so it was left out.' }),
    open: () => Promise.resolve(contentOf(entry)),
  };
}

/** A reader that stops early must not close the entry: that would close the whole archive. */
async function* contentOf(entry: TarEntry): AsyncGenerator<Buffer> {
  const chunks = entry[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return;
    yield next.value;
  }
}
