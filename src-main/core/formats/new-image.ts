// What reading a file tells of its image; a row of the catalogue once it is kept.

/** An image as it is catalogued. */
export interface NewImage {
  /** SHA-256 of the file's bytes, hexadecimal: the image's identity. */
  readonly hash: string;
  readonly bytes: number;
  /** Pixels, after the camera's orientation has been applied. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly bitDepth: 8 | 16;
  readonly pixelSizeUm: number | null;
}
