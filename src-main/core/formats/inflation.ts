// How far a packed file may unpack.

/**
 * An archive or image may unpack to this many bytes in all. Pictures of specimens hardly shrink; what
 * grows more than this was made to fill a disk or a memory.
 */
export function inflationLimit(fileBytes: number): number {
  return 128 * 2 ** 20 + 100 * fileBytes;
}
