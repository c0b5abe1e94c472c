import { createHash } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Failure } from '#domain/failure.ts';
import type { TensorFile } from '#worker/files/safetensors.ts';
import { decodeTensors, encodeTensors, readTensors } from '#worker/files/safetensors.ts';

const path = '/a/model.safetensors';
const encoded = (file: TensorFile) => Buffer.concat(encodeTensors(file));

function faultOf(bytes: Buffer): string {
  try {
    decodeTensors(bytes, path);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ code: 'checkpoint-damaged', path });
    return (error as Failure).message;
  }
  return 'none';
}

const sample: TensorFile = {
  tensors: {
    'head.weight': { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-30, 7) },
    mean: { shape: [2], values: Float64Array.of(Math.PI, -1e300) },
    scalar: { shape: [], values: Float32Array.of(4) },
    empty: { shape: [0, 5], values: new Float32Array(0) },
  },
  metadata: { format: 'sample', model: '{"ü":1}' },
};

/** A file with this header and these tensor bytes, and the hash that fits them. */
function crafted(header: Record<string, unknown>, data: Buffer): Buffer {
  const sha256 = createHash('sha256').update(data).digest('hex');
  const text = Buffer.from(JSON.stringify({ __metadata__: { sha256 }, ...header }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

test('what is written is read back, in any order of the tensors', () => {
  const read = decodeTensors(encoded(sample), path);
  expect(read.tensors).toEqual(sample.tensors);
  expect(read.metadata).toMatchObject(sample.metadata);
  const reversed = Object.fromEntries(Object.entries(sample.tensors).reverse());
  expect(encoded({ ...sample, tensors: reversed })).toEqual(encoded(sample));
});

test('the file is as the format says', () => {
  const bytes = encoded(sample);
  const length = Number(bytes.readBigUInt64LE());
  expect(length % 8).toBe(0);
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, unknown>;
  expect(header['head.weight']).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
  expect(header['mean']).toEqual({ dtype: 'F64', shape: [2], data_offsets: [24, 40] });
  expect(bytes.length).toBe(8 + length + 44);
});

test('any tensors and texts survive the round trip', () => {
  const tensor = fc.oneof(
    fc.float32Array({ maxLength: 20 }).map((values) => ({ shape: [values.length], values })),
    fc.float64Array({ maxLength: 20 }).map((values) => ({ shape: [1, values.length], values })),
  );
  const name = fc.string({ maxLength: 12 }).filter((text) => text !== '__metadata__');
  // Of texts a name that would reach the prototype is dropped: ours have none.
  const isOurs = (key: string) => key !== 'sha256' && key !== '__proto__';
  const text = fc.string({ maxLength: 12 }).filter(isOurs);
  fc.assert(
    fc.property(
      fc.dictionary(name, tensor, { noNullPrototype: true }),
      fc.dictionary(text, fc.string(), { noNullPrototype: true }),
      (tensors, metadata) => {
        const read = decodeTensors(encoded({ tensors, metadata }), path);
        expect(read.tensors).toEqual(tensors);
        expect(read.metadata).toEqual({ ...metadata, sha256: read.metadata['sha256'] });
      },
    ),
    { numRuns: 200 },
  );
});

test('a file with bytes changed, cut off or added is damaged, and never crashes', () => {
  const good = encoded(sample);
  const dataStart = 8 + Number(good.readBigUInt64LE());
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(good);
      bytes[at]! ^= flip;
      // A change in the header may leave another valid header, for instance of another tensor name.
      const fault = faultOf(bytes);
      if (at >= dataStart) expect(fault).toContain('do not match their hash');
    }),
    { numRuns: 1000 },
  );
  for (let length = 0; length < good.length; length++) {
    expect(faultOf(good.subarray(0, length))).not.toBe('none');
  }
  expect(faultOf(Buffer.concat([good, Buffer.from([0])]))).not.toBe('none');
});

test('random bytes and random headers are damaged files', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(faultOf(Buffer.from(bytes))).not.toBe('none');
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (header) => {
      faultOf(crafted(header, Buffer.alloc(16)));
    }),
    { numRuns: 500 },
  );
});

test('headers with false sizes or offsets are refused before any allocation', () => {
  const data = Buffer.alloc(16);
  const whole = { dtype: 'F32', shape: [4], data_offsets: [0, 16] };
  expect(faultOf(crafted({ a: whole }, data))).toBe('none');
  const lies: Record<string, unknown>[] = [
    { a: { ...whole, shape: [2 ** 53 - 1] } },
    { a: { ...whole, shape: [2 ** 31, 2 ** 31] } },
    { a: { ...whole, shape: [-4] } },
    { a: { ...whole, shape: [4.5] } },
    { a: { ...whole, shape: Array(9).fill(1) } },
    { a: { ...whole, shape: [5], data_offsets: [0, 20] } },
    { a: { ...whole, data_offsets: [16, 0] } },
    { a: { ...whole, data_offsets: [-16, 0] } },
    { a: { ...whole, dtype: 'I64' } },
    { a: { ...whole, extra: 1 } },
    // The same bytes twice, a gap, bytes of no tensor.
    { a: whole, b: whole },
    { a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } },
    { a: { dtype: 'F32', shape: [2], data_offsets: [8, 16] } },
    { a: whole, __metadata__: { sha256: 5 } },
    { a: whole, __metadata__: [] },
    { a: null },
  ];
  for (const lie of lies) expect(faultOf(crafted(lie, data)), JSON.stringify(lie)).not.toBe('none');
});

test('names of Object.prototype are ordinary tensor names', () => {
  const values = Float32Array.of(1);
  const entries = ['__proto__', 'constructor', 'toString'].map((name): [string, object] => [
    name,
    { shape: [1], values },
  ]);
  const tensors = Object.fromEntries(entries) as TensorFile['tensors'];
  const read = decodeTensors(encoded({ tensors, metadata: {} }), path);
  expect(Object.entries(read.tensors)).toEqual(Object.entries(tensors).sort());
});

test('a header that nests deeply is a damaged file', () => {
  const text = Buffer.from('['.repeat(200_000));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  expect(faultOf(Buffer.concat([length, text]))).toContain('unreadable');
});

test('a file that is missing, a folder or absurdly long is refused without reading it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'normscope-tensors-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await expect(readTensors(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
  await expect(readTensors(folder)).rejects.toMatchObject({ code: 'not-found' });
  const long = join(folder, 'long.safetensors');
  await writeFile(long, '');
  await truncate(long, 2 ** 40);
  await expect(readTensors(long)).rejects.toMatchObject({ code: 'checkpoint-damaged', path: long });
});
