// The sets of the study: public image sets as archives with members SET/[train|test/]TYPE/FILE, read into
// one block of pixels a set.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listTar } from '#core/archives/tar.ts';
import { WindowFinder } from '#core/datasets/window.ts';
import { openImage } from '#core/formats/decode.ts';
import { squarePixels } from '#core/reader/square.ts';
import { Failure } from '#domain/failure.ts';
import { neverStop } from '#domain/stop.ts';
import type { PixelSet } from '#ml/pixels.ts';

export interface SetCard {
  readonly archive: string;
  /** Side of the stored squares, pixels: that of the files. */
  readonly side: number;
  readonly channels: 1 | 3;
  readonly type: 'uint8' | 'uint16';
  /** Channels are stains or light paths, not red, green and blue. */
  readonly areStains: boolean;
  /** Has an up and a down, so that turned copies are other pictures. */
  readonly isUpright: boolean;
  /** Images of a type that are read, the first by name; all when left out. */
  readonly most?: { readonly train: number; readonly test: number };
  /** What separates images that must not be in both parts; "" where nothing is known. */
  readonly groupOf: (file: string) => string;
  /** Several types that are normal together, beside each type alone. */
  readonly together: Readonly<Record<string, readonly string[]>>;
}

const ungrouped = () => '';

export const setCards = {
  pbc8: {
    ...{ archive: 'pbc8_64.tar.gz', side: 64, channels: 3, type: 'uint8', areStains: false },
    ...{ isUpright: false, groupOf: ungrouped, together: {} },
  },
  mitocheck: {
    ...{ archive: 'mitocheck_64.tar.gz', side: 64, channels: 1, type: 'uint8', areStains: false },
    // PLLT0023_04--ex2005_09_09--…: the plate.
    groupOf: (file: string) => file.split('--')[0]!,
    ...{ isUpright: false, together: {} },
  },
  jurkat: {
    archive: 'jurkat_cellcycle_3ch16.tar.gz',
    ...{ side: 40, channels: 3, type: 'uint16', areStains: true, isUpright: false },
    groupOf: ungrouped,
    together: { interphase: ['G1', 'S_phase', 'G2'] },
  },
  cifar10: {
    ...{ archive: 'cifar10_jpeg.tar.gz', side: 32, channels: 3, type: 'uint8', areStains: false },
    ...{ isUpright: true, groupOf: ungrouped, together: {} },
    most: { train: 700, test: 200 },
  },
} as const satisfies Record<string, SetCard>;

export type SetName = keyof typeof setCards;
export const setNames = Object.keys(setCards) as readonly SetName[];

export interface StudyImage {
  readonly label: string;
  /** As the archive has it; null where it has none. */
  readonly part: 'train' | 'test' | null;
  readonly group: string;
}

export interface StudySet {
  readonly name: string;
  readonly card: SetCard;
  /** In the order of their names. */
  readonly images: readonly StudyImage[];
  readonly pixels: PixelSet;
}

/** What the name of a member says of an image; null of a member that is none. */
export function imageOf(member: string, card: Pick<SetCard, 'groupOf'>): StudyImage | null {
  if (!/\.(jpe?g|png|tiff?)$/i.test(member)) return null;
  const words = member.split('/');
  const [file, label] = [words.at(-1)!, words.at(-2)];
  if (label === undefined) return null;
  const part = words.at(-3);
  return {
    label,
    part: part === 'train' || part === 'test' ? part : null,
    group: card.groupOf(file),
  };
}

/** Throws `not-found`, and what reading throws. */
export async function readSet(name: SetName, folder: string): Promise<StudySet> {
  const card: SetCard = setCards[name];
  const found: { member: string; image: StudyImage; bytes: Buffer }[] = [];
  for await (const { member, bytes } of membersOf(join(folder, card.archive))) {
    const image = imageOf(member, card);
    if (image !== null) found.push({ member, image, bytes });
  }
  found.sort((a, b) => (a.member < b.member ? -1 : 1));
  const kept = firstOfEach(found, card);
  const squares: (Uint8Array | Uint16Array)[] = [];
  for (const { bytes } of kept) squares.push(await squareOf(bytes, card));
  const images = kept.map(({ image }) => image);
  return { name, card, images, pixels: joined(squares, card) };
}

/** Images of an archive spread over its types, for outliers; 8 bits. */
export async function readOutliers(
  archive: string,
  channels: 1 | 3,
  most: number,
): Promise<PixelSet> {
  const card = { side: 64, channels, type: 'uint8' } as const;
  const members: { member: string; bytes: Buffer }[] = [];
  for await (const found of membersOf(archive)) {
    if (/\.jpe?g$/i.test(found.member)) members.push(found);
  }
  members.sort((a, b) => (a.member < b.member ? -1 : 1));
  const step = Math.max(1, members.length / most);
  const kept = Array.from(
    { length: Math.min(most, members.length) },
    (_, index) => members[Math.floor(index * step)]!,
  );
  const squares: (Uint8Array | Uint16Array)[] = [];
  for (const { bytes } of kept) squares.push(await squareOf(bytes, card));
  return joined(squares, card);
}

async function* membersOf(archive: string): AsyncGenerator<{ member: string; bytes: Buffer }> {
  if (!existsSync(archive)) {
    const message = 'The packed set is not there. Name its folder with --data.';
    throw new Failure('not-found', message, archive);
  }
  for await (const member of listTar(archive, neverStop)) {
    const chunks: Buffer[] = [];
    for await (const chunk of await member.open()) chunks.push(chunk);
    yield { member: member.name, bytes: Buffer.concat(chunks) };
  }
}

/** The first of each type and part, as many as the card says. */
function firstOfEach<T extends { readonly image: StudyImage }>(
  all: readonly T[],
  { most }: Pick<SetCard, 'most'>,
): readonly T[] {
  if (most === undefined) return all;
  const seen = new Map<string, number>();
  return all.filter(({ image: { label, part } }) => {
    const count = (seen.get(`${part} ${label}`) ?? 0) + 1;
    seen.set(`${part} ${label}`, count);
    return count <= most[part ?? 'train'];
  });
}

type Stored = Pick<SetCard, 'side' | 'channels' | 'type'>;

async function squareOf(bytes: Buffer, { side, channels, type }: Stored) {
  const source = await openImage(bytes);
  try {
    return await squarePixels(source, side, channels, type);
  } finally {
    await source.close();
  }
}

/** 16-bit values get the window that the product gives them, here of the whole set. */
function joined(
  squares: readonly (Uint8Array | Uint16Array)[],
  { side, channels, type }: Stored,
): PixelSet {
  const length = side * side * channels;
  const size = squares.length * length;
  const pixels = type === 'uint16' ? new Uint16Array(size) : new Uint8Array(size);
  const finder = new WindowFinder(channels);
  squares.forEach((square, index) => {
    pixels.set(square, index * length);
    if (square instanceof Uint16Array) finder.add(square);
  });
  const window =
    type === 'uint16' ? finder.window() : Array.from({ length: channels }, () => [0, 255] as const);
  return { count: squares.length, height: side, width: side, channels, window, pixels };
}

/** Some images of a set, in the order given; one channel alone when it is named. */
export function picked(set: PixelSet, indices: readonly number[], channel?: number): PixelSet {
  const plane = set.height * set.width;
  const channels = channel === undefined ? set.channels : 1;
  const size = indices.length * plane * channels;
  const pixels = set.pixels instanceof Uint16Array ? new Uint16Array(size) : new Uint8Array(size);
  const length = plane * set.channels;
  indices.forEach((index, place) => {
    const own = set.pixels.subarray(index * length, (index + 1) * length);
    const into = pixels.subarray(place * plane * channels, (place + 1) * plane * channels);
    if (channel === undefined) into.set(own);
    else for (let i = 0; i < plane; i++) into[i] = own[i * set.channels + channel]!;
  });
  const window = channel === undefined ? set.window : [set.window[channel]!];
  return { ...set, count: indices.length, channels, window, pixels };
}
