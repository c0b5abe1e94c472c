// The safetensors format, read and written: 8 bytes of header length (little-endian), a JSON header
// with type, shape and place of each tensor and text metadata, then the tensors' bytes. Data only;
// it contains no executable code.

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '#domain/failure.ts';

export interface FileTensor {
  readonly shape: readonly number[];
  /** Row by row. */
  readonly values: Float32Array | Float64Array | Uint8Array;
}

export interface TensorFile {
  readonly tensors: Readonly<Record<string, FileTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Largest valid header, bytes. */
const longestHeader = 16 * 1024 * 1024;
/** Largest size of one read; the largest network's checkpoint has 1.5 GiB. */
const longestFile = 2 ** 31 - 1;

const tensorEntry = z.strictObject({
  dtype: z.enum(['F32', 'F64', 'U8']),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
type TensorEntry = z.infer<typeof tensorEntry>;
const arrayOf = { F32: Float32Array, F64: Float64Array, U8: Uint8Array } as const;
const metadataEntry = z.record(z.string(), z.string());

/** The file's bytes in pieces. Tensors in name order, so that equal contents give equal bytes. */
export function encodeTensors({ tensors, metadata }: TensorFile): Buffer[] {
  const header: [name: string, entry: unknown][] = [];
  const parts: Buffer[] = [];
  let offset = 0;
  for (const name of Object.keys(tensors).sort()) {
    const { shape, values } = tensors[name]!;
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const dtype = typeOf(values);
    header.push([name, { dtype, shape, data_offsets: [offset, offset + bytes.length] }]);
    parts.push(bytes);
    offset += bytes.length;
  }
  header.push(['__metadata__', { ...metadata, sha256: hashOf(parts) }]);
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)), 'utf8');
  // Padded so that the tensors start at a multiple of 8.
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded, ...parts];
}

function typeOf(values: FileTensor['values']): TensorEntry['dtype'] {
  if (values instanceof Float64Array) return 'F64';
  return values instanceof Uint8Array ? 'U8' : 'F32';
}

/** Throws `not-found` and, for an incomplete or malformed file, `checkpoint-damaged`. */
export async function readTensors(path: string): Promise<TensorFile> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new Failure('not-found', `There is no file ${path}.`, path);
  if (found.size > longestFile) throw damagedFile(path, 'it is too large');
  return decodeTensors(await readFile(path), path);
}

/** Throws `checkpoint-damaged`, naming `path`, for incomplete or malformed contents. */
export function decodeTensors(bytes: Buffer, path: string): TensorFile {
  const { entries, metadata, data } = readHeader(bytes, path);
  if (hashOf([data]) !== metadata['sha256']) {
    throw damagedFile(path, 'its contents do not match their hash');
  }
  assertFullCover(entries, data.length, path);
  const tensors = entries.map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [start, end],
      },
    ]) => {
      // A copy at offset 0 of a separate buffer, so that it is aligned.
      const own = new Uint8Array(data.subarray(start, end)).buffer;
      return [name, { shape, values: new arrayOf[dtype](own) }] as const;
    },
  );
  return { tensors: Object.fromEntries(tensors), metadata };
}

interface Header {
  readonly entries: readonly (readonly [name: string, entry: TensorEntry])[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: Buffer;
}

function readHeader(bytes: Buffer, path: string): Header {
  if (bytes.length < 8) throw damagedFile(path, 'it is too short');
  const length = Number(bytes.readBigUInt64LE());
  if (length > longestHeader || 8 + length > bytes.length) {
    throw damagedFile(path, 'its header is cut off');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  } catch {
    throw damagedFile(path, 'its header is unreadable');
  }
  if (typeof parsed !== 'object' || parsed === null) {
    throw damagedFile(path, 'its header is malformed');
  }
  const { __metadata__: texts, ...rest } = parsed as Record<string, unknown>;
  const metadata = metadataEntry.safeParse(texts);
  if (!metadata.success) throw damagedFile(path, 'its header is malformed');
  const entries = Object.entries(rest).map(([name, entry]) => {
    const tensor = tensorEntry.safeParse(entry);
    if (!tensor.success) throw damagedFile(path, `tensor ${name} is malformed`);
    return [name, tensor.data] as const;
  });
  return { entries, metadata: metadata.data, data: bytes.subarray(8 + length) };
}

/** Each byte belongs to one tensor: overlapping tensors could need more memory than the file's size. */
function assertFullCover(entries: Header['entries'], length: number, path: string): void {
  const places = entries.map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [start, end],
      },
    ]) => {
      const count = shape.reduce((product, side) => product * side, 1);
      return { name, start, end, size: count * arrayOf[dtype].BYTES_PER_ELEMENT };
    },
  );
  let covered = 0;
  for (const { name, start, end, size } of places.sort(
    (a, b) => a.start - b.start || a.end - b.end,
  )) {
    if (start !== covered || end - start !== size) {
      throw damagedFile(path, `tensor ${name} does not fit its place`);
    }
    covered = end;
  }
  if (covered !== length) throw damagedFile(path, 'it holds more than its tensors');
}

export function damagedFile(path: string, what: string): Failure {
  const message = `The file ${path} is damaged (${what}) and cannot be used.`;
  return new Failure('checkpoint-damaged', message, path);
}

/** SHA-256 of pieces of a file one after another, hexadecimal. */
export function hashOf(parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
