// Tells what a file is from its first bytes, never from its name.

/** Formats that can be imported. */
export type ImageKind = 'png' | 'jpeg' | 'webp' | 'bmp' | 'tiff';

export type FileKind =
  | { readonly supported: true; readonly kind: ImageKind }
  /** `what` for messages: "an SVG drawing". */
  | {
      readonly supported: false;
      readonly what: string;
      readonly sort: OtherSort;
      /** Of an archive that is opened where a user names it. */
      readonly isRead?: true;
    };

/** An image of a format that is not read, an archive, or neither. */
export type OtherSort = 'image' | 'archive' | 'other';

/** So many bytes from the start of a file are enough for `fileKind`. */
export const kindBytes = 512;

const supported = (kind: ImageKind) => ({ supported: true, kind }) as const;
const other = (what: string, sort: OtherSort = 'other') =>
  ({ supported: false, what, sort }) as const;

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
  return otherImage(ascii) ?? otherArchive(ascii) ?? other(otherKind(ascii));
}

/** Of formats that are not read. */
function otherImage(ascii: string): FileKind | undefined {
  const image = (what: string) => other(what, 'image');
  if (/^GIF8[79]a/.test(ascii)) return image('a GIF');
  if (ascii.startsWith('\0\0\0\x0cjP  ') || ascii.startsWith('\xff\x4f\xff\x51')) {
    return image('a JPEG 2000 image');
  }
  if (ascii.startsWith('\xff\x0a') || ascii.startsWith('\0\0\0\x0cJXL ')) {
    return image('a JPEG XL image');
  }
  if (/^....ftyp(avif|avis)/s.test(ascii)) return image('an AVIF image');
  if (/^....ftyp(heic|heix|mif1|msf1)/s.test(ascii)) return image('a HEIC image');
  if (ascii.startsWith('ZISRAWFILE')) return image('a ZEISS CZI image');
  if (ascii.startsWith('\xda\xce\xbe\x0a')) return image('a Nikon ND2 image');
  if (/^\x70\0\0\0.{4}\x2a/s.test(ascii)) return image('a Leica LIF image');
  if (ascii.slice(128, 132) === 'DICM') return image('a DICOM image');
  if (/^II\xbc\x01/.test(ascii)) return image('a JPEG XR image');
  if (ascii.startsWith('8BPS')) return image('a Photoshop document');
  if (/^P[1-6]\s+\d+\s+\d+\s/.test(ascii)) return image('a PNM image');
  const text = textOf(ascii);
  if (text.startsWith('<svg') || (text.startsWith('<?xml') && text.includes('<svg'))) {
    return image('an SVG drawing');
  }
  return undefined;
}

function otherArchive(ascii: string): FileKind | undefined {
  const archive = (what: string) => other(what, 'archive');
  if (/^PK(\x03\x04|\x05\x06|\x07\x08)/.test(ascii)) {
    // Office documents are archives with a list of their parts at the beginning.
    return /\[Content_Types\]\.xml|_rels\/|mimetypeapplication/.test(ascii)
      ? other('an office document')
      : { ...archive('a ZIP archive or an office document'), isRead: true };
  }
  if (ascii.startsWith('\x1f\x8b')) return archive('a GZIP archive');
  if (ascii.slice(257, 262) === 'ustar') {
    return { ...archive('a TAR archive'), isRead: true };
  }
  if (ascii.startsWith('7z\xbc\xaf\x27\x1c')) return archive('a 7z archive');
  if (ascii.startsWith('Rar!\x1a\x07')) return archive('a RAR archive');
  if (ascii.startsWith('\xfd7zXZ\0')) return archive('an XZ archive');
  if (/^BZh[1-9](1AY&SY|\x17rE8P\x90)/.test(ascii)) return archive('a BZIP2 archive');
  if (ascii.startsWith('\x28\xb5\x2f\xfd')) return archive('a Zstandard archive');
  if (ascii.startsWith('\x04\x22\x4d\x18')) return archive('an LZ4 archive');
  if (ascii.startsWith('LZIP')) return archive('an LZIP archive');
  if (ascii.startsWith('MSCF')) return archive('a CAB archive');
  if (/^..-l[hz][0-9ds]-/s.test(ascii)) return archive('an LHA archive');
  return undefined;
}

function otherKind(ascii: string): string {
  if (ascii.startsWith('%PDF')) return 'a PDF document';
  if (/^....ftyp/s.test(ascii) || /^RIFF....AVI /s.test(ascii)) return 'a video';
  if (ascii.startsWith('\x89HDF')) return 'an HDF5 file';
  if (ascii.startsWith('SQLite format 3')) return 'an SQLite database';
  if (ascii.startsWith('\xd0\xcf\x11\xe0')) return 'an office document of an older format';
  if (ascii.startsWith('\x93NUMPY')) return 'a NumPy array';
  const text = textOf(ascii);
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) return 'a web page';
  if (text.startsWith('<?xml')) return 'an XML text';
  // Control characters other than tab, line ends and escape do not occur in texts.
  if (ascii.length > 0 && !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(ascii)) return 'a text file';
  return 'of an unknown kind';
}

function textOf(ascii: string): string {
  return ascii
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
}

export function isImageName(name: string): boolean {
  return /\.(png|jpe?g|jpe|jfif|webp|bmp|dib|tiff?)$/i.test(name);
}

/** Of microscopes and scanners, whose files are not recognised by their first bytes alone. */
export function isMicroscopeName(name: string): boolean {
  return /\.(czi|nd2|lif|vsi|ets|oib|oif|ims|zvi|dcm|mrxs|scn|dv|r3d|stk|mrc|lsm|svs|ndpi)$/i.test(
    name,
  );
}
