import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText, printable } from '#domain/printable.ts';

describe('printable', () => {
  it.each([
    ['plain Zürich 細胞.png', 'plain Zürich 細胞.png'],
    ['two\nlines\tand\rmore', 'two\\nlines\\tand\\rmore'],
    ['\x1b[2J\x07', '\\u001b[2J\\u0007'],
    ['\u009b31m', '\\u009b31m'],
    ['cell\u202egnp.exe', 'cell\\u202egnp.exe'],
    ['a\u2066b\u200fc\u061cd', 'a\\u2066b\\u200fc\\u061cd'],
    ['a\u2028b\u2029c\u0085d', 'a\\u2028b\\u2029c\\u0085d'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['lone \ud800 surrogate', 'lone \\ud800 surrogate'],
    ['tag \u{e0041}', 'tag \\udb40\\udc41'],
    ['😀', '😀'],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('removes everything that moves the cursor or changes the text direction, from any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(
          /[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
        );
      }),
    );
  });
});

describe('jsonText', () => {
  it('is safe on a terminal and parses to the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = jsonText({ path: text });
        expect(JSON.parse(written)).toEqual({ path: text });
        expect(written).not.toMatch(/\p{Cc}|\p{Cf}/u);
      }),
    );
  });
});
