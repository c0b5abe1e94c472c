// The raw directories and fields of a TIFF or BigTIFF file, read and rewritten without interpreting
// them. After "TIFF Revision 6.0" (Adobe, 1992) and the BigTIFF design notes (AWare Systems).

import { reasons, unreadable } from './unreadable.ts';

/** One entry of a directory; its values are read on request. */
export interface TiffField {
  readonly type: number;
  readonly count: number;
  /** Where in the file the values begin. */
  readonly start: number;
  /** Where the entry itself is. */
  readonly entry: number;
}

export type TiffFields = ReadonlyMap<number, TiffField>;

/** The replacement of a field: 32-bit numbers; without any, the field is left out. */
export type TiffChanges = ReadonlyMap<number, readonly number[]>;

/** More pages than any stack of planes that is imported here. */
const pageLimit = 4096;
/** Above the number of entries of any valid directory. */
const entryLimit = 4096;
/** Entries and values that may be read in all; overlapping lists could require any number. */
const workLimit = 2 ** 22;

const typeLong = 4;
/** Bytes of one value of each field type; 0 for types that do not exist. */
const typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
const textType = 2;
const rationalType = 5;
/** Bytes, shorts and longs of 32 and 64 bits, the latter also as places of directories. */
const wholeTypes: ReadonlySet<number> = new Set([1, 3, 4, 13, 16, 18]);

/** Reading beyond the end of the file throws a RangeError. */
export class TiffFile {
  readonly bytes: Buffer;
  readonly #little: boolean;
  readonly #big: boolean;
  readonly #entryBytes: 12 | 20;
  #work = workLimit;

  /** bytes: the whole file. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#little = bytes[0] === 0x49;
    this.#big = this.#whole(2, 2) === 43;
    this.#entryBytes = this.#big ? 20 : 12;
  }

  /** The position of every page's directory. Throws `unreadable-image` for cycles and impossible counts. */
  *directories(): Generator<number> {
    const seen = new Set<number>();
    let at = this.#big ? this.#whole(8, 8) : this.#whole(4, 4);
    while (at !== 0) {
      if (seen.has(at)) throw unreadable(reasons.damaged);
      if (seen.size === pageLimit) throw unreadable(reasons.pages(pageLimit, 'and more'));
      seen.add(at);
      yield at;
      at = this.#whole(this.#directory(at).end, this.#big ? 8 : 4);
    }
  }

  /** The fields of the directory at this place. */
  fields(directory: number): TiffFields {
    const { first, end } = this.#directory(directory);
    const room = this.#big ? 8 : 4;
    this.#spend((end - first) / this.#entryBytes);
    const fields = new Map<number, TiffField>();
    for (let entry = first; entry < end; entry += this.#entryBytes) {
      const type = this.#whole(entry + 2, 2);
      const count = this.#whole(entry + 4, room);
      const bytes = count * (typeBytes[type] ?? 0);
      const start = bytes <= room ? entry + 4 + room : this.#whole(entry + 4 + room, room);
      if (start + bytes > this.bytes.length) throw unreadable(reasons.damaged);
      fields.set(this.#whole(entry, 2), { type, count, start, entry });
    }
    return fields;
  }

  /** At most `limit` values; none when there is no such field or its values are no numbers. */
  numbers(field: TiffField | undefined, limit = Infinity): number[] {
    if (field === undefined) return [];
    const { type, start } = field;
    if (!wholeTypes.has(type) && type !== rationalType) return [];
    const count = Math.min(field.count, limit);
    this.#spend(count);
    const size = typeBytes[type]!;
    const values: number[] = [];
    for (let at = start; at < start + count * size; at += size) {
      const value = type === rationalType ? this.#whole(at, 4) : this.#whole(at, size);
      values.push(type === rationalType ? value / this.#whole(at + 4, 4) : value);
    }
    return values;
  }

  /** Cut at its first NUL and after `limit` bytes; empty when there is no such field. */
  text(field: TiffField | undefined, limit: number): string {
    if (field?.type !== textType) return '';
    const { start, count } = field;
    return this.bytes
      .toString('utf8', start, start + Math.min(count, limit))
      .replace(/\0[^]*$/, '');
  }

  /** A copy of the file with one page: `fields` with `changes`, and `blocks` behind the old bytes. */
  withPage(fields: TiffFields, changes: TiffChanges, blocks: readonly Buffer[] = []): Buffer {
    const parts = [this.bytes, ...blocks];
    let length = parts.reduce((sum, part) => sum + part.length, 0);
    const append = (part: Buffer) => {
      parts.push(part);
      length += part.length;
      return length - part.length;
    };
    const entries = [...fields]
      .filter(([tag]) => changes.get(tag)?.length !== 0)
      .map(([tag, { entry }]) => {
        const values = changes.get(tag);
        // Copied unchanged: its offsets stay valid in a longer copy of the file.
        if (values === undefined) return this.bytes.subarray(entry, entry + this.#entryBytes);
        return this.#entry(tag, values, append);
      });
    const countBytes = this.#big ? 8 : 2;
    const count = this.#number(entries.length, countBytes);
    const end = this.#number(0, this.#big ? 8 : 4);
    const directory = append(Buffer.concat([count, ...entries, end]));
    const file = Buffer.concat(parts);
    if (this.#big) this.#number(directory, 8).copy(file, 8);
    else this.#number(directory, 4).copy(file, 4);
    return file;
  }

  #directory(at: number): { first: number; end: number } {
    const first = at + (this.#big ? 8 : 2);
    const count = this.#whole(at, first - at);
    const end = first + count * this.#entryBytes;
    if (count === 0 || count > entryLimit || end > this.bytes.length) {
      throw unreadable(reasons.damaged);
    }
    return { first, end };
  }

  #entry(tag: number, values: readonly number[], append: (part: Buffer) => number): Buffer {
    const room = this.#big ? 8 : 4;
    const packed = Buffer.concat(values.map((value) => this.#number(value, 4)));
    const inline = Buffer.alloc(room);
    if (packed.length <= room) packed.copy(inline);
    else this.#number(append(packed), room).copy(inline);
    const head = [this.#number(tag, 2), this.#number(typeLong, 2)];
    return Buffer.concat([...head, this.#number(values.length, room), inline]);
  }

  #spend(work: number): void {
    this.#work -= work;
    if (this.#work < 0) throw unreadable(reasons.damaged);
  }

  /** An unsigned whole number of 1, 2, 4 or 8 bytes. */
  #whole(at: number, size: number): number {
    const { bytes } = this;
    if (size === 8) {
      return Number(this.#little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    }
    return this.#little ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
  }

  #number(value: number, size: 2 | 4 | 8): Buffer {
    const bytes = Buffer.alloc(size);
    if (size === 8 && this.#little) bytes.writeBigUInt64LE(BigInt(value));
    else if (size === 8) bytes.writeBigUInt64BE(BigInt(value));
    else if (this.#little) bytes.writeUIntLE(value, 0, size);
    else bytes.writeUIntBE(value, 0, size);
    return bytes;
  }
}
