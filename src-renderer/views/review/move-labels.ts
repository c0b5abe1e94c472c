// Suffix after the reviewer's name in the record: how the entry was made.

import type { Review } from '#contract/image.ts';

export const moveLabels: Readonly<Record<Review['move'], string>> = {
  do: '',
  undo: ' (undone)',
  redo: ' (redone)',
};
