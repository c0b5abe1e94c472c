// Archives (.zip, .tar, .tar.gz, .tgz) as a list of members. Members are written under
// generated names only, so none can leave its folder; those that try are reported and skipped.

import { createWriteStream, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ImportProblem } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { diskFull, isDiskFull } from '#files/file-failure.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import type { MemberEncoding, RawMember } from './archive-member.ts';
import { fileKind, kindBytes } from '../formats/kind.ts';
import { fileLimitBytes } from '../formats/read-file.ts';
import { listTar } from './tar.ts';
import { notSupported, reasons, unreadable } from '../formats/unreadable.ts';
import { whySkipped, type Skipped } from './walk.ts';
import { listZip } from './zip.ts';

export interface ArchiveMember {
  /** ARCHIVE!/MEMBER */
  readonly path: string;
  /** Within the archive, with "/" between folders. */
  readonly name: string;
  readonly bytes: number;
  /** Of the archive. */
  readonly modifiedMs: number;
  /** How its name was decoded; undefined when the archive says it. */
  readonly encoding?: MemberEncoding | undefined;
  /**
   * Writes the member to a file, if it starts like a supported image. Throws `unreadable-image`,
   * `not-an-image` or `unsafe-archive`. Must be called before the next member is requested.
   */
  extract(file: string): Promise<void>;
}

export type ArchiveEntry = ArchiveMember | { readonly problem: ImportProblem } | Skipped;

const separator = '!/';

function memberPath(archive: string, name: string): string {
  return archive + separator + name;
}

const endings = /\.(zip|tar|tgz|tar\.gz)$/i;

/** The archive's path of a member's path; undefined for an ordinary path. */
export function archiveOf(path: string): string | undefined {
  for (let at = path.indexOf(separator); at >= 0; at = path.indexOf(separator, at + 1)) {
    const before = path.slice(0, at);
    // The name of a folder may end in "!", and that of an archive may lack its ending.
    if (endings.test(before) || statSync(before, { throwIfNoEntry: false })?.isFile())
      return before;
  }
  return undefined;
}

export function isArchiveName(path: string): boolean {
  return endings.test(path);
}

/** By its name, or by its first bytes: a ZIP or TAR archive whose name lost its ending. */
export async function isArchive(path: string): Promise<boolean> {
  if (isArchiveName(path)) return true;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(kindBytes), 0, kindBytes, 0);
    const kind = fileKind(buffer.subarray(0, bytesRead));
    return !kind.supported && kind.sort === 'archive' && kind.isRead === true;
  } finally {
    await file.close();
  }
}

/** Every member in the archive's order, the problems of members, and at the end the problem of the archive. */
export async function* listArchive(archive: string, stop: Stop): AsyncGenerator<ArchiveEntry> {
  const seen = new Set<string>();
  try {
    const { isZip, modifiedMs } = await look(archive);
    const members: AsyncIterable<RawMember> = isZip ? listZip(archive) : listTar(archive, stop);
    for await (const member of members) {
      const { name, bytes } = member;
      const badName = nameRefusal(name, seen);
      seen.add(name);
      const path = memberPath(archive, name.replaceAll('\0', '\\0'));
      const why = badName === undefined ? whyMemberSkipped(name) : undefined;
      const refusal = badName ?? member.refusal;
      if (why !== undefined) yield { skipped: path, why };
      else if (refusal === undefined) {
        const unpack = (file: string) => extract(member, file, stop);
        const { encoding } = member;
        yield { path, name, bytes, modifiedMs, encoding, extract: unpack };
      } else yield { problem: { path, code: 'unsafe-archive', reason: refusal } };
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'stopped') throw error;
    yield { problem: { path: archive, code: error.code, reason: error.message } };
  }
}

function whyMemberSkipped(name: string): Skipped['why'] | undefined {
  const parts = name.split('/').filter((part) => part !== '.');
  for (const [at, part] of parts.entries()) {
    const why = whySkipped(part, at < parts.length - 1 ? 'folder' : 'file');
    if (why !== undefined) return why;
  }
  return undefined;
}

async function look(archive: string): Promise<{ isZip: boolean; modifiedMs: number }> {
  const file = await open(archive).catch((error: unknown) => {
    throw unreadable(reasons.vanished, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (bytesRead === 0) throw unreadable(reasons.empty);
    const { mtimeMs } = await file.stat();
    const isZip = buffer.toString('latin1').startsWith('PK');
    return { isZip, modifiedMs: Math.floor(mtimeMs) };
  } finally {
    await file.close();
  }
}

function nameRefusal(name: string, seen: ReadonlySet<string>): string | undefined {
  const refused = (what: string) =>
    `The member's name ${what}, so it was left out. Unpack the archive and check its content.`;
  if (name.includes('\0')) return refused('holds a NUL character');
  if (name.includes('\ufffd')) return reasons.nameNotText;
  if (name.includes('\\')) return refused('holds a backslash');
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return refused('is an absolute path');
  if (name.split('/').includes('..')) return refused('leads out of the archive');
  if (seen.has(name)) return refused('occurs twice');
  return undefined;
}

async function extract(member: RawMember, file: string, stop: Stop): Promise<void> {
  if (member.bytes > fileLimitBytes) throw unreadable(reasons.fileTooLarge(fileLimitBytes));
  if (member.bytes === 0) throw unreadable(reasons.empty);
  try {
    await extractChunks(member, file, stop);
  } catch (error) {
    await rm(file, { force: true });
    if (error instanceof Failure) throw error;
    if (isDiskFull(error)) throw diskFull(file, error);
    // Other errors of the file system concern the written file, not the member.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw unreadable(reasons.damaged, error);
  }
}

async function extractChunks(member: RawMember, file: string, stop: Stop): Promise<void> {
  const chunks = (await member.open())[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < Math.min(kindBytes, member.bytes)) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const found = fileKind(head.subarray(0, kindBytes));
  if (!found.supported) {
    await chunks.return?.();
    throw notSupported(member.name, found);
  }
  await pipeline(async function* () {
    yield head;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      throwIfStopped(stop);
      yield next.value;
    }
  }, createWriteStream(file));
}
