// Members of a .zip archive, in the order of its central directory.

import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { getFileNameLowLevel, openPromise, type Entry, type ZipFile } from 'yauzl';
import { inflated, type RawMember } from './archive-member.ts';
import { nameEncoding, type NameEncoding } from './name-encoding.ts';
import { inflationLimit } from '../formats/inflation.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

/** Throws `unreadable-image` when the archive is damaged, `unsafe-archive` when it is a bomb. */
export async function* listZip(archive: string): AsyncGenerator<RawMember> {
  let zip: ZipFile | undefined;
  try {
    // Names are decoded and checked here: yauzl would stop at the first invalid one.
    zip = await openPromise(archive, { autoClose: false, decodeStrings: false });
    const entries: Entry[] = [];
    let fault: unknown;
    try {
      for await (const entry of zip.eachEntry()) entries.push(entry);
    } catch (error) {
      // What stands before the damage is imported.
      fault = error;
    }
    const encoding = nameEncoding(
      entries.filter(isUnflagged).map(({ fileNameRaw }) => fileNameRaw),
    );
    let room = inflationLimit(zip.fileSize);
    for (const entry of entries) {
      room -= entry.uncompressedSize;
      if (room < 0) throw inflated();
      const name = memberName(entry, encoding);
      if (!name.endsWith('/'))
        yield { ...member(zip, entry, name), ...encodingOf(entry, encoding) };
    }
    if (fault !== undefined) throw asError(fault);
  } catch (error) {
    throw isOurs(error) ? error : unreadable(reasons.damagedArchive, error);
  } finally {
    zip?.close();
  }
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && error.name === 'Failure';
}

function asError(fault: unknown): Error {
  return fault instanceof Error ? fault : new Error(String(fault));
}

/** Whether the name is neither flagged as UTF-8 nor given once more in Unicode. */
function isUnflagged({ generalPurposeBitFlag, extraFields }: Entry): boolean {
  return (generalPurposeBitFlag & 0x800) === 0 && !extraFields.some(({ id }) => id === 0x7075);
}

/** Many programs write UTF-8 without the flag for it, and old ones on Windows use backslashes. */
function memberName(entry: Entry, encoding: NameEncoding | undefined): string {
  const raw = entry.fileNameRaw;
  return nameOf(entry, raw, encoding).replaceAll('\\', '/');
}

function nameOf(entry: Entry, raw: Buffer, encoding: NameEncoding | undefined): string {
  if (isUtf8(raw)) return raw.toString('utf8');
  if (encoding !== undefined && isUnflagged(entry)) return encoding.decode(raw);
  return getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, true);
}

/** Of a name that is neither ASCII nor UTF-8. */
function encodingOf(entry: Entry, encoding: NameEncoding | undefined): Pick<RawMember, 'encoding'> {
  const isDecoded = isUnflagged(entry) && !isUtf8(entry.fileNameRaw);
  if (encoding === undefined || !isDecoded) return {};
  return { encoding: { title: encoding.title, isSure: encoding.isSure } };
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
