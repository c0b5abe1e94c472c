// Members of a .zip archive, in the order of its central directory.

import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { getFileNameLowLevel, openPromise, type Entry, type ZipFile } from 'yauzl';
import { inflated, type RawMember } from './archive-member.ts';
import { inflationLimit } from '../formats/inflation.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

/** Throws `unreadable-image` when the archive is damaged, `unsafe-archive` when it is a bomb. */
export async function* listZip(archive: string): AsyncGenerator<RawMember> {
  let zip: ZipFile | undefined;
  try {
    // Names are decoded and checked here: yauzl would stop at the first invalid one.
    zip = await openPromise(archive, { autoClose: false, decodeStrings: false });
    let room = inflationLimit(zip.fileSize);
    for await (const entry of zip.eachEntry()) {
      room -= entry.uncompressedSize;
      if (room < 0) throw inflated();
      const name = memberName(entry);
      if (!name.endsWith('/')) yield member(zip, entry, name);
    }
  } catch (error) {
    throw isOurs(error) ? error : unreadable(reasons.damagedArchive, error);
  } finally {
    zip?.close();
  }
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && error.name === 'Failure';
}

/** Many programs write UTF-8 without the flag for it, and old ones on Windows use backslashes. */
function memberName(entry: Entry): string {
  const raw = entry.fileNameRaw;
  const name = isUtf8(raw)
    ? raw.toString('utf8')
    : getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, true);
  return name.replaceAll('\\', '/');
}

function member(zip: ZipFile, entry: Entry, name: string): RawMember {
  const refusal = typeRefusal(entry);
  return {
    name,
    bytes: entry.uncompressedSize,
    ...(refusal === undefined ? {} : { refusal }),
    open: async () => checked(await zip.openReadStreamPromise(entry), entry.crc32),
  };
}

function typeRefusal(entry: Entry): string | undefined {
  // Upper half: the mode on Unix, if that is where the archive comes from.
  const type = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (type !== 0 && type !== 0o100000) {
    return 'The member is a link or a device, not a file, so it was left out.';
  }
  if (entry.isEncrypted()) {
    return 'The member is encrypted. Unpack the archive with its password and import the folder.';
  }
  if (!entry.canDecodeFileData()) {
    return (
      'The member uses an unsupported compression method. ' +
      'Unpack the archive and import the folder.'
    );
  }
  return undefined;
}

/** yauzl checks only sizes; the checksum detects damaged content. */
async function* checked(chunks: AsyncIterable<unknown>, expected: number): AsyncGenerator<Buffer> {
  let sum = 0;
  try {
    for await (const chunk of chunks) {
      const bytes = chunk as Buffer;
      sum = crc32(bytes, sum);
      yield bytes;
    }
  } catch (error) {
    throw unreadable(reasons.damaged, error);
  }
  if (sum !== expected) throw unreadable(reasons.damaged);
}
