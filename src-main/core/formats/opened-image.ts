// An image whose header has been read; its pixels are decoded when they are asked for.

import type { Sharp } from './image-library.ts';
import type { ImageKind } from './kind.ts';

export interface OpenedImage {
  readonly kind: ImageKind;
  /** Pixels, after the camera's orientation has been applied. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** 1, 2 and 4 bits are spread over 8. */
  readonly bitDepth: 8 | 16;
  /** Micrometres per pixel, when the file says so. */
  readonly pixelSizeUm: number | null;
  /** The pixels as a libvips pipeline; decoding happens, and may fail, when it is run. */
  pipeline(): Promise<Sharp>;
}
