// Decides from a TIFF's pages and their descriptions which of them form the image: the first page, or
// three pages that the file declares to be channels. Other files are refused with a reason, because
// pages may also be depths or times, which must not be dropped or mixed silently.

import { XMLParser } from 'fast-xml-parser';
import { colourChannels, greyChannels, type Channel } from '#domain/pixels/channel.ts';
import type { PixelSize } from '#domain/pixels/pixel-size.ts';
import type { TiffPage } from './tiff-directory.ts';
import { reasons, unreadable } from './unreadable.ts';

export interface TiffPlanes {
  readonly page: TiffPage;
  /** The pages that are the image's channels; only `page` when it holds them all. */
  readonly pages: readonly TiffPage[];
  /** One or three; further samples of the page are alpha and are dropped. */
  readonly channels: readonly Channel[];
  readonly bitDepth: 8 | 16;
  /** Micrometres per pixel, when the file gives it in a unit of length of the specimen. */
  readonly pixelSizeUm: PixelSize | null;
}

/** Throws `unreadable-image` with the reason when the pages are not one grey or colour image. */
export function chooseTiffPlanes(pages: readonly TiffPage[]): TiffPlanes {
  const page = pages[0]!;
  checkValues(page);
  // Reduced copies, thumbnails and slide labels have other sizes and are not part of the image.
  const alike = pages.filter(
    (other) =>
      other === page ||
      (!other.reduced &&
        other.width === page.width &&
        other.height === page.height &&
        other.samples === page.samples &&
        other.bits[0] === page.bits[0]),
  );
  const declared = describe(page.description);
  const bitDepth = page.bits[0] === 16 ? 16 : 8;
  const pixelSizeUm = declared.pixelSizeUm ?? imageJPixelSize(page);
  // ImageJ writes large stacks behind a single directory, which other programs cannot read.
  if (declared.images > alike.length) {
    throw unreadable(reasons.pages(declared.images, 'an ImageJ stack'));
  }
  if (alike.length === 1) {
    return { page, pages: [page], channels: channelsOf(page, declared), bitDepth, pixelSizeUm };
  }
  if (declared.channels === 0) throw unreadable(reasons.pages(alike.length, 'it is not said what'));
  if (declared.channels !== alike.length || page.samples !== 1) {
    throw unreadable(reasons.pages(alike.length, 'depths, times or channels'));
  }
  if (alike.length !== 3) throw unreadable(reasons.channels(alike.length));
  const channels = alike.map((_, index) => ({ name: nameOf(declared, index) }));
  return { page, pages: alike, channels, bitDepth, pixelSizeUm };
}

/** Only unsigned whole numbers of up to 8 or exactly 16 bits are read without loss. */
function checkValues(page: TiffPage): void {
  const bits = page.bits[0]!;
  if (page.sampleFormat === 3)
    throw unreadable(reasons.values(`${bits}-bit floating-point values`));
  if (page.sampleFormat === 2) throw unreadable(reasons.values('signed values'));
  if (![1, 2, 4, 8, 16].includes(bits) || page.bits.some((other) => other !== bits)) {
    throw unreadable(reasons.values(`${page.bits.join('/')}-bit values`));
  }
}

function channelsOf(page: TiffPage, declared: Declared): readonly Channel[] {
  if (pageChannels(page) === 3) return colourChannels;
  const name = declared.names[0];
  return name === undefined ? greyChannels : [{ name }];
}

function nameOf({ names }: Declared, index: number): string {
  return names[index] ?? `channel ${index + 1}`;
}

function pageChannels(page: TiffPage): 1 | 3 {
  const base = page.samples - page.extraSamples.length;
  switch (page.photometric) {
    case 0:
    case 1:
      if (base === 1) return 1;
      break;
    case 2:
    case 6:
      if (base === 3) return 3;
      break;
    case 3:
      if (base === 1) return 3;
      break;
    case 5:
      if (base === 4 && page.bits[0] === 8) return 3;
      break;
    case -1:
      throw unreadable(reasons.damaged);
    default:
      throw unreadable(reasons.values('colours of a kind that is not supported'));
  }
  throw unreadable(reasons.channels(page.samples));
}

interface Declared {
  /** The number of images that the file's only description declares; 1 without one. */
  readonly images: number;
  /** How many channels the file declares when all its planes are channels, else 0 or −1. */
  readonly channels: number;
  readonly pixelSizeUm: PixelSize | null;
  /** Of the channels, in their order; undefined for one without a name. */
  readonly names: readonly (string | undefined)[];
}

function describe(description: string): Declared {
  if (description.startsWith('ImageJ=')) return describeImageJ(description);
  if (description.includes('<OME')) return describeOme(description);
  // Aperio: "… |MPP = 0.4990|…"
  const aperio = /\bMPP = ([0-9.]+)/.exec(description);
  return { images: 1, channels: 0, pixelSizeUm: square(positive(aperio?.[1])), names: [] };
}

/** ImageJ writes lines `name=value`. */
function describeImageJ(description: string): Declared {
  const lines = new Map(
    description.split('\n').map((line) => {
      const [name, ...value] = line.split('=');
      return [name!.trim(), value.join('=').trim()] as const;
    }),
  );
  const images = Number(lines.get('images') ?? 1);
  const channels = Number(lines.get('channels') ?? 0);
  return { images, channels: channels === images ? channels : -1, pixelSizeUm: null, names: [] };
}

const imageJUnits: Readonly<Record<string, number>> = {
  micron: 1,
  microns: 1,
  um: 1,
  µm: 1,
  '\\u00b5m': 1,
  nm: 0.001,
  mm: 1000,
};

/** ImageJ keeps the size in the resolution tag, in its own unit. */
function imageJPixelSize(page: TiffPage): PixelSize | null {
  const unit = /^unit=(.*)$/m.exec(page.description)?.[1]?.trim().toLowerCase() ?? '';
  const factor = imageJUnits[unit];
  if (!page.description.startsWith('ImageJ=') || factor === undefined) return null;
  const { xResolution, yResolution } = page;
  if (xResolution === null) return null;
  return { x: factor / xResolution, y: factor / (yResolution ?? xResolution) };
}

const omeUnits: Readonly<Record<string, number>> = { µm: 1, μm: 1, nm: 0.001, mm: 1000 };

/** An element from the parser: its attributes, and child elements by name. */
interface OmeElement {
  readonly [name: string]: unknown;
}

/** OME-XML: sizes per axis and the physical size, micrometres unless another unit is given. */
function describeOme(description: string): Declared {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    processEntities: false,
    removeNSPrefix: true,
    parseAttributeValue: false,
  });
  let pixels: OmeElement | undefined;
  try {
    const tree = parser.parse(description) as { OME?: { Image?: unknown } };
    const images = [tree.OME?.Image ?? []].flat() as { Pixels?: OmeElement }[];
    if (images.length > 1) return { images: 1, channels: -1, pixelSizeUm: null, names: [] };
    pixels = images[0]?.Pixels;
  } catch {
    pixels = undefined;
  }
  if (pixels === undefined) return { images: 1, channels: 0, pixelSizeUm: null, names: [] };
  const size = (axis: string) => Number(pixels[axis] ?? 1);
  const onlyChannels = size('SizeZ') === 1 && size('SizeT') === 1;
  const x = omeLength(pixels, 'PhysicalSizeX');
  const y = omeLength(pixels, 'PhysicalSizeY') ?? x;
  return {
    images: 1,
    channels: onlyChannels ? size('SizeC') : -1,
    pixelSizeUm: x === null || y === null ? null : { x, y },
    names: ([pixels['Channel'] ?? []].flat() as OmeElement[]).map(omeName),
  };
}

/** In micrometres; null when it is missing or not in a unit of length. */
function omeLength(pixels: OmeElement, attribute: string): number | null {
  const unit = pixels[`${attribute}Unit`] ?? 'µm';
  const factor = typeof unit === 'string' ? omeUnits[unit] : undefined;
  const length = positive(pixels[attribute]);
  return length === null || factor === undefined ? null : length * factor;
}

function omeName(channel: unknown): string | undefined {
  // The parser gives an element without attributes as text.
  const name = typeof channel === 'object' ? (channel as OmeElement | null)?.['Name'] : undefined;
  return typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 200) : undefined;
}

function square(side: number | null): PixelSize | null {
  return side === null ? null : { x: side, y: side };
}

function positive(text: unknown): number | null {
  const value = typeof text === 'string' ? Number(text) : NaN;
  return Number.isFinite(value) && value > 0 ? value : null;
}
