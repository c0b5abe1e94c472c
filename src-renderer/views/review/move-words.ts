// How a line of the record came about, said after the reviewer's name.

import type { Review } from '#contract/image.ts';

export const moveWords: Readonly<Record<Review['move'], string>> = {
  do: '',
  undo: ' (undone)',
  redo: ' (redone)',
};
