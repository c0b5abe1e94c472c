// Describes the image of a file and reads the samples of one channel, without a project.

import type { Channel } from '#domain/pixels/channel.ts';
import { Failure } from '#domain/failure.ts';
import type { Rectangle } from '#domain/pixels/region-address.ts';
import { openImage } from '../formats/decode.ts';
import {
  wholeOf,
  type PixelSource,
  type SampleBlock,
  type Samples,
} from '../formats/pixel-source.ts';
import { readImageFile } from '../formats/read-file.ts';

export interface DescribeTask {
  readonly kind: 'describe';
  readonly path: string;
  /** null for the description alone. */
  readonly plane: PlaneAsked | null;
}

/** One channel of one plane. */
export interface PlaneAsked {
  readonly level: number;
  /** All of the level when null. */
  readonly region: Rectangle | null;
  /** Its name, or its number from 0. */
  readonly channel: string;
}

export interface FileDescription extends Pick<
  PixelSource,
  'kind' | 'width' | 'height' | 'type' | 'pixelSizeUm' | 'pixelSizeSource'
> {
  readonly channels: readonly Channel[];
  readonly levels: readonly { readonly width: number; readonly height: number }[];
  /** Names of further images in the file. */
  readonly associated: readonly string[];
}

export interface Described {
  readonly file: FileDescription;
  readonly plane: Pick<SampleBlock, 'width' | 'height' | 'pixels'> | null;
}

/** Throws `unreadable-image`, `not-found`, and `bad-input` when the file has no such plane. */
export async function describeFile(task: DescribeTask): Promise<Described> {
  const { bytes } = await readImageFile(task.path);
  const source = await openImage(bytes);
  try {
    const { kind, width, height, type, channels, pixelSizeUm, pixelSizeSource } = source;
    return {
      file: {
        ...{ kind, width, height, channels, type },
        levels: source.levels.map(({ width, height }) => ({ width, height })),
        ...{ pixelSizeUm, pixelSizeSource, associated: [...source.associated.keys()] },
      },
      plane: task.plane && (await readPlane(source, task.plane)),
    };
  } finally {
    await source.close();
  }
}

async function readPlane(source: PixelSource, asked: PlaneAsked): Promise<Described['plane']> {
  const channel = channelNumber(source.channels, asked.channel);
  const region = asked.region ?? wholeOf(source, asked.level);
  const { width, height, channels, pixels } = await source.read(region, asked.level);
  return { width, height, pixels: everyNth(pixels, channels, channel) };
}

/** Throws `bad-input`. */
function channelNumber(channels: readonly Channel[], asked: string): number {
  const named = channels.findIndex(({ name }) => name === asked);
  if (named >= 0) return named;
  const number = /^\d+$/.test(asked) ? Number(asked) : -1;
  if (number >= 0 && number < channels.length) return number;
  const names = channels.map(({ name }, at) => `${at} (${name})`).join(', ');
  throw new Failure('bad-input', `The image has no channel "${asked}". Its channels: ${names}.`);
}

function everyNth(pixels: Samples, step: number, first: number): Samples {
  if (step === 1) return pixels;
  const plane = pixels.slice(0, pixels.length / step);
  for (let at = 0; at < plane.length; at++) plane[at] = pixels[step * at + first]!;
  return plane;
}
