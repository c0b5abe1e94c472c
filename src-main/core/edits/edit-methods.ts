// The methods with which a client edits, undoes and redoes.

import type { coreMethods } from '#contract/core.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { Edits } from './edits.ts';

type EditMethods = Pick<
  HandlersOf<typeof coreMethods>,
  'items.edit' | 'items.editEach' | 'items.leaveOut' | 'edits.undo' | 'edits.redo' | 'edits.state'
>;

export function editMethods(edits: Edits): EditMethods {
  return {
    'items.edit': ({ selection, set }) => edits.editItems(selection, set),
    'items.editEach': ({ dataset, words, parts }) => edits.editEach(dataset, words, parts),
    'items.leaveOut': ({ images }) => edits.leaveOut(images),
    'edits.undo': () => edits.undo(),
    'edits.redo': () => edits.redo(),
    'edits.state': () => edits.state(),
  };
}
