// The reasons why a file cannot be imported, in our own words and with what to do about it.

import { Failure } from '#domain/failure.ts';
import { isImageName, isMicroscopeName, type FileKind } from './kind.ts';

const again = 'Copy it again from its source, or export it again.';

/** The failure of one image; the caller adds the path. */
export function unreadable(reason: string, cause?: unknown): Failure {
  return new Failure('unreadable-image', reason, undefined, { cause });
}

/** Archives inside, whose parts are no images of specimens. */
const officeNames = /\.(docx|xlsx|xlsm|pptx|odt|ods|odp|epub|npz|jar|whl|apk|xpi)$/i;

/**
 * Why a file that does not begin like a supported image is not read: `not-an-image` unless its kind or its
 * name says that it is one. path: only its ending counts.
 */
export function notSupported(path: string, found: FileKind & { supported: false }): Failure {
  const { what, sort } = found;
  const isImage = sort === 'image' || isImageName(path) || isMicroscopeName(path);
  if (sort === 'archive' && !officeNames.test(path)) {
    return isImage
      ? unreadable(reasons.unpack(what))
      : new Failure('not-an-image', reasons.unpack(what));
  }
  if (isImage) return unreadable(reasons.notSupported(what));
  const kind = sort === 'archive' ? 'an office document or a package' : what;
  return new Failure('not-an-image', reasons.notAnImage(kind));
}

/** Whether the failure concerns the whole job, not one file. */
export function endsJob({ code }: Failure): boolean {
  return code === 'stopped' || code === 'disk-full';
}

export const reasons = {
  empty: `The file is empty. ${again}`,
  damaged: `The file is cut off or damaged: its pixels cannot be read to the end. ${again}`,
  incomplete: `The file is cut off or damaged: its end, or a part of its pixels, is missing. ${again}`,
  coding: (what: string) =>
    `The file is ${what}, a coding that cannot be read. Save it as PNG, TIFF or ordinary JPEG.`,
  damagedArchive: `The archive is cut off or damaged, or is none. What could be read of it was imported. ${again}`,
  changed: 'The file changed while it was read. Import it again once it is complete.',
  replaced:
    'The file has another content than when it was imported. Restore it, or import it again.',
  missing: 'There is no such file or folder. Check the path.',
  vanished: 'The file vanished before it could be read. Check the drive and import it again.',
  notRegular: 'This is not a file but a device, pipe or socket. Leave it out.',
  folder: 'This is a folder with the name of an image. Rename it or leave it out.',
  brokenLink: 'This link leads to nothing. Restore its target or remove the link.',
  forbidden: 'Reading it is not permitted. Give yourself permission to read it, or copy it.',
  readError: 'The drive reports an error while reading the file. Copy it to another drive.',
  crashed: `Reading this file ended the image reader twice, so it was set aside. ${again}`,
  nameNotText:
    'The name is not valid Unicode text, so it cannot be kept in a catalogue. Rename the file.',
  nameTooLong: 'The path is too long for this system. Move the file to a shorter path.',
  notSupported: (what: string) =>
    `This is not a supported image but ${what}. Save it as PNG, JPEG, WebP, BMP or TIFF.`,
  notAnImage: (what: string) => `This is not an image but ${what}.`,
  unpack: (what: string) => `This is ${what}. Unpack it, then import the folder.`,
  tooLarge: (width: number, height: number, limit: number) =>
    `The image has ${width} × ${height} pixels; the limit is ${megapixels(limit)} million. ` +
    'Cut it into tiles or save it smaller.',
  inflated:
    'The image unpacks to more than 100 times the size of its file, which no picture of a specimen ' +
    'does. Save it again with another program if it is one.',
  fileTooLarge: (limitBytes: number) =>
    `The file is larger than ${Math.round(limitBytes / 2 ** 20)} MB. ` +
    'Cut the image into tiles or save it smaller.',
  noPixels: 'The image has no pixels. Export it again.',
  channels: (count: number) =>
    `The image has ${count} channels; one (grey) or three can be read. ` +
    'Save the channels that matter as a grey or a three-channel image.',
  values: (what: string) =>
    `The image holds ${what}; 8-bit and 16-bit whole numbers can be read. ` +
    'Save it as 8-bit or 16-bit.',
  pages: (count: number, meaning: string) =>
    `The file holds ${count} images (${meaning}). Save the one that matters, ` +
    'a projection, or a stack of three channels.',
} as const;

function megapixels(pixels: number): string {
  return String(Math.round(pixels / 1e5) / 10);
}

/** The reason for an error of the file system; undefined when the file is not its cause. */
export function fileSystemReason(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ESTALE':
      return reasons.vanished;
    case 'EACCES':
    case 'EPERM':
      return reasons.forbidden;
    case 'EISDIR':
      return reasons.folder;
    case 'ELOOP':
      return reasons.brokenLink;
    case 'ENAMETOOLONG':
      return reasons.nameTooLong;
    case 'ENXIO':
    case 'ENODEV':
      return reasons.notRegular;
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return undefined;
    default:
      return syscall === undefined ? undefined : reasons.readError;
  }
}
