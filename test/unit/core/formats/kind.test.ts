import { expect, test } from 'vitest';
import { fileKind } from '#core/formats/kind.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

test.each([
  ['png', '\x89PNG\r\n\x1a\n....'],
  ['jpeg', '\xff\xd8\xff\xe0'],
  ['webp', 'RIFF\x10\0\0\0WEBPVP8 '],
  ['tiff', 'II*\0'],
  ['tiff', 'MM\0*'],
  ['tiff', 'II+\0'],
  ['tiff', 'MM\0+'],
  ['bmp', 'BM\x36\0\0\0\0\0\0\0'],
])('%s is known by its first bytes', (kind, head) => {
  expect(fileKind(bytes(head))).toEqual({ supported: true, kind });
});

test.each([
  ['a text file', 'BMI is short for body mass index'],
  ['a text file', '\xef\xbb\xbfpath,role'],
  ['an SVG drawing', '\xef\xbb\xbf <?xml version="1.0"?><!-- made --><svg>'],
  ['a web page', '  <!doctype HTML>'],
  ['of an unknown kind', 'RIFF\x10\0\0\0WAVE'],
  ['of an unknown kind', '\0\0\0\0'],
  ['of an unknown kind', ''],
  ['a video', '\0\0\0\x18ftypisom'],
])('%s is named', (what, head) => {
  expect(fileKind(bytes(head))).toMatchObject({ supported: false, what });
});
