// Tells what a file is from its first bytes, never from its name.

/** Formats that can be imported. */
export type ImageKind = 'png' | 'jpeg' | 'webp' | 'bmp' | 'tiff';

export type FileKind =
  | { readonly supported: true; readonly kind: ImageKind }
  /** `what` for messages: "an SVG drawing". */
  | { readonly supported: false; readonly what: string };

/** So many bytes from the start of a file are enough for `fileKind`. */
export const kindBytes = 512;

const supported = (kind: ImageKind) => ({ supported: true, kind }) as const;
const other = (what: string) => ({ supported: false, what }) as const;

/** head: the first bytes of the file, at best `kindBytes` of them. */
export function fileKind(head: Buffer): FileKind {
  const ascii = head.toString('latin1');
  if (ascii.startsWith('\x89PNG\r\n\x1a\n')) return supported('png');
  if (ascii.startsWith('\xff\xd8\xff')) return supported('jpeg');
  if (ascii.startsWith('RIFF') && ascii.slice(8, 12) === 'WEBP') return supported('webp');
  if (ascii.startsWith('II*\0') || ascii.startsWith('MM\0*')) return supported('tiff');
  if (ascii.startsWith('II+\0') || ascii.startsWith('MM\0+')) return supported('tiff');
  // "BM" alone also begins texts; a bitmap's reserved words are zero.
  if (ascii.startsWith('BM') && head.length >= 10 && head.readUInt32LE(6) === 0) {
    return supported('bmp');
  }
  return other(otherKind(ascii));
}

function otherKind(ascii: string): string {
  if (/^GIF8[79]a/.test(ascii)) return 'a GIF';
  if (ascii.startsWith('%PDF')) return 'a PDF document';
  if (ascii.startsWith('PK\x03\x04')) return 'a ZIP archive or an office document';
  if (ascii.startsWith('\x1f\x8b')) return 'a GZIP archive';
  if (ascii.slice(257, 262) === 'ustar') return 'a TAR archive';
  if (ascii.startsWith('\0\0\0\x0cjP  ') || ascii.startsWith('\xff\x4f\xff\x51')) {
    return 'a JPEG 2000 image';
  }
  if (ascii.startsWith('\xff\x0a') || ascii.startsWith('\0\0\0\x0cJXL ')) return 'a JPEG XL image';
  if (/^....ftyp(avif|avis)/s.test(ascii)) return 'an AVIF image';
  if (/^....ftyp(heic|heix|mif1|msf1)/s.test(ascii)) return 'a HEIC image';
  if (/^....ftyp/s.test(ascii)) return 'a video';
  if (ascii.startsWith('\x89HDF')) return 'an HDF5 file';
  if (ascii.startsWith('ZISRAWFILE')) return 'a ZEISS CZI image';
  const text = ascii
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (text.startsWith('<svg') || (text.startsWith('<?xml') && text.includes('<svg'))) {
    return 'an SVG drawing';
  }
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) return 'a web page';
  // Control characters other than tab, line ends and escape do not occur in texts.
  if (ascii.length > 0 && !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(ascii)) return 'a text file';
  return 'of an unknown kind';
}
