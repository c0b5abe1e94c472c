// What the user is told of an error.

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
