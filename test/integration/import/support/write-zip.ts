// Writes .zip archives byte by byte, honest and hostile ones.

import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  readonly name: string | Buffer;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  /** Mode on Unix, with the type: 0o100644 is a file, 0o120777 a link. */
  readonly mode?: number;
  /** What the archive says, if that is not the truth. */
  readonly claimedBytes?: number;
  readonly claimedSum?: number;
  /** Bits of the general purpose flag: 1 encrypted, 0x800 UTF-8. */
  readonly flags?: number;
  readonly method?: number;
  /** The name in front of the data, when it differs from that in the directory. */
  readonly localName?: string;
}

export function writeZip(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const member of members) {
    const { data, deflate = false, mode = 0o100644, flags = 0x800 } = member;
    const name = Buffer.from(member.name);
    const localName = Buffer.from(member.localName ?? name);
    const plain = deflate ? deflateRawSync(data) : Buffer.from(data);
    // Encryption puts 12 bytes in front.
    const content = (flags & 1) === 1 ? Buffer.concat([Buffer.alloc(12), plain]) : plain;
    const sum = member.claimedSum ?? crc32(data);
    const bytes = member.claimedBytes ?? data.length;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(member.method ?? (deflate ? 8 : 0), 4);
    shared.writeUInt32LE(0x5a210000, 6); // a time and date
    shared.writeUInt32LE(sum, 10);
    shared.writeUInt32LE(content.length, 14);
    shared.writeUInt32LE(bytes, 18);
    const local = Buffer.from(shared);
    local.writeUInt16LE(localName.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), local, localName, content);
    shared.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), shared, tail, name);
    at += 4 + local.length + localName.length + content.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, entries, end]);
}
