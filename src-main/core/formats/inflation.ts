// The limit of decompression.

/**
 * An archive or image may unpack to this many bytes in all. Pictures of specimens compress little;
 * files that expand more were made to fill a disk or memory (decompression bombs).
 */
export function inflationLimit(fileBytes: number): number {
  return 128 * 2 ** 20 + 100 * fileBytes;
}
