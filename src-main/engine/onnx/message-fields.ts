// Reads protobuf messages field by field, without their schema.

/** The bytes are no protobuf message. */
export class Malformed extends Error {}

export interface Field {
  readonly number: number;
  /** Of a varint; 0 else. */
  readonly value: number;
  /** Of a length-delimited field. */
  readonly bytes: Uint8Array | null;
}

/** The contents of all length-delimited fields of these numbers, in order. */
export function partsOf(fields: readonly Field[], ...numbers: readonly number[]): Uint8Array[] {
  return fields.flatMap(({ number, bytes }) => (bytes && numbers.includes(number) ? [bytes] : []));
}

/** The fields of one message; contents are not copied. Throws Malformed. */
export function messageFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      // Beyond 2^53 the value is inexact, and as a length beyond every file.
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new Malformed();
  };
  const skip = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new Malformed();
    const part = bytes.subarray(at, at + length);
    at += length;
    return part;
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (number === 0) throw new Malformed();
    switch (tag % 8) {
      case 0:
        fields.push({ number, value: varint(), bytes: null });
        break;
      case 1:
        skip(8);
        break;
      case 2:
        fields.push({ number, value: 0, bytes: skip(varint()) });
        break;
      case 5:
        skip(4);
        break;
      default:
        throw new Malformed();
    }
  }
  return fields;
}
