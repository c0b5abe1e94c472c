// The safetensors format, read and written: 8 bytes of header length (little-endian), a JSON header
// with type, shape and place of each tensor and text metadata, then the tensors' bytes. Data only:
// nothing in it is ever run.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '#domain/failure.ts';

export type FileTensor = Float32Array | Float64Array;

export interface TensorFile {
  readonly tensors: Readonly<Record<string, FileTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A header above this is no header. */
const longestHeader = 16 * 1024 * 1024;

const tensorEntry = z.strictObject({
  dtype: z.enum(['F32', 'F64']),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const headerSchema = z
  .object({ __metadata__: z.record(z.string(), z.string()) })
  .catchall(z.union([tensorEntry, z.record(z.string(), z.string())]));

/** Tensors in name order, so that equal contents give equal bytes. */
export function encodeTensors({ tensors, metadata }: TensorFile): Buffer {
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let offset = 0;
  for (const name of Object.keys(tensors).sort()) {
    const values = tensors[name]!;
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    header[name] = {
      dtype: values instanceof Float64Array ? 'F64' : 'F32',
      shape: [values.length],
      data_offsets: [offset, offset + bytes.length],
    };
    parts.push(bytes);
    offset += bytes.length;
  }
  const sha256 = hashOf(parts);
  header['__metadata__'] = { ...metadata, sha256 };
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  // Padded so that the tensors start at a multiple of 8 and can be read in place.
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...parts]);
}

/** Throws `checkpoint-damaged`, naming `path`, for anything that is not whole and well-formed. */
export function decodeTensors(bytes: Buffer, path: string): TensorFile {
  const damaged = (what: string): never => {
    const message = `The file ${path} is damaged (${what}) and cannot be used.`;
    throw new Failure('checkpoint-damaged', message, path);
  };
  if (bytes.length < 8) return damaged('it is too short');
  const headerLength = Number(bytes.readBigUInt64LE());
  if (headerLength > longestHeader || 8 + headerLength > bytes.length) {
    return damaged('its header is cut off');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength));
  } catch {
    return damaged('its header is unreadable');
  }
  const header = headerSchema.safeParse(parsed);
  if (!header.success) return damaged('its header is malformed');
  const data = bytes.subarray(8 + headerLength);
  const { __metadata__: metadata, ...entries } = header.data;
  if (hashOf([data]) !== metadata['sha256']) return damaged('its contents do not match their hash');
  const tensors: Record<string, FileTensor> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const tensor = tensorEntry.safeParse(entry);
    if (!tensor.success) return damaged(`tensor ${name} is malformed`);
    const [start, end] = tensor.data.data_offsets;
    const size = tensor.data.dtype === 'F64' ? 8 : 4;
    const count = tensor.data.shape.reduce((product, side) => product * side, 1);
    if (end > data.length || end - start !== count * size) {
      return damaged(`tensor ${name} does not fit its place`);
    }
    const own = new Uint8Array(data.subarray(start, end)).buffer;
    tensors[name] = size === 8 ? new Float64Array(own) : new Float32Array(own);
  }
  return { tensors, metadata };
}

function hashOf(parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
