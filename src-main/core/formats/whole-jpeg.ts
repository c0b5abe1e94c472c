// Whether a JPEG file is whole, and coded in a way that is read: decoders fill what is missing with grey or
// noise without an error. After ITU-T T.81, annex B.

import { reasons, unreadable } from './unreadable.ts';

/** Start-of-frame markers of codings that are not read; 0xc0 … 0xc2 are. */
const codings: Readonly<Record<number, string>> = {
  0xc3: 'lossless JPEG',
  0xc5: 'hierarchical JPEG',
  0xc6: 'hierarchical JPEG',
  0xc7: 'hierarchical JPEG',
  0xc9: 'JPEG with arithmetic coding',
  0xca: 'JPEG with arithmetic coding',
  0xcb: 'lossless JPEG with arithmetic coding',
  0xcd: 'hierarchical JPEG',
  0xce: 'hierarchical JPEG',
  0xcf: 'hierarchical JPEG',
  0xf7: 'JPEG-LS',
};

const huffmanTables = 0xc4;
const progressive = 0xc2;
const startOfScan = 0xda;
const endOfImage = 0xd9;

/** A hole of a copy in progress or a lost block: so many zeros are coded by no picture, see `hasHole`. */
const hole = Buffer.alloc(64);

/** bytes: the whole file. Throws `unreadable-image` when it ends before its end mark, or has a hole. */
export function assertWholeJpeg(bytes: Buffer): void {
  let at = 2;
  /** Whether a code of zeros alone may mean "the rest of the block is zero". */
  let isZeroPlain = false;
  let isProgressive = false;
  for (;;) {
    // Before a marker any number of 0xff may stand.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined) throw unreadable(reasons.incomplete);
    if (marker === endOfImage) return;
    if (isAlone(marker)) {
      at += 2;
      continue;
    }
    if (at + 4 > bytes.length) throw unreadable(reasons.incomplete);
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) throw unreadable(reasons.incomplete);
    const coding = codings[marker];
    if (coding !== undefined) throw unreadable(reasons.coding(coding));
    if (marker === 0xc1 && bytes[at + 4] === 12) throw unreadable(reasons.coding('12-bit JPEG'));
    if (marker === progressive) isProgressive = true;
    if (marker === huffmanTables) isZeroPlain ||= hasPlainZero(bytes.subarray(at + 4, end));
    at = end;
    if (marker !== startOfScan) continue;
    const next = nextMarker(bytes, end);
    if (next < 0) throw unreadable(reasons.incomplete);
    if (!isProgressive && !isZeroPlain && bytes.subarray(end, next).includes(hole)) {
      throw unreadable(reasons.incomplete);
    }
    at = next;
  }
}

function isAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/** Where the coded pixels from `from` on end: the next marker but restarts; −1 without one. */
function nextMarker(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) return -1;
    const isData = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isData) return at;
  }
  return -1;
}

/**
 * Whether a table of AC codes gives its code of zeros alone (its first) to the end of a block, so that a flat
 * picture may be coded as zeros. In all others zeros are endless coefficients, which no picture has.
 */
function hasPlainZero(tables: Buffer): boolean {
  for (let at = 0; at + 17 <= tables.length;) {
    const isAc = tables[at]! >> 4 === 1;
    let count = 0;
    for (let length = 1; length <= 16; length++) count += tables[at + length]!;
    if (isAc && tables[at + 17] === 0) return true;
    at += 17 + count;
  }
  return false;
}
