// Commands available in every view of an open project: undo and redo.

import type { Command } from '../state/commands.svelte.ts';
import type { AppContext } from '../state/app-context.svelte.ts';
import type { Workspace } from '../state/project/workspace.svelte.ts';

export function editCommands(app: AppContext, { edits }: Workspace): Command[] {
  const { toasts } = app;
  const undo = () =>
    app.attempt(async () => {
      const words = await edits.undo();
      if (words !== null) toasts.done(`Undone: ${words}`, { label: 'Redo', run: redo });
    });
  const redo = () =>
    app.attempt(async () => {
      const words = await edits.redo();
      if (words !== null) toasts.done(`Redone: ${words}`, { label: 'Undo', run: undo });
    });
  const canUndo = () => edits.undoText !== null;
  const canRedo = () => edits.redoText !== null;
  const base = { section: 'Edit' } as const;
  return [
    { ...base, id: 'undo', title: 'Undo', keys: 'Mod+Z', isEnabled: canUndo, run: undo },
    {
      ...{ ...base, id: 'redo', title: 'Redo', keys: 'Mod+Shift+Z', otherKeys: 'Mod+Y' },
      ...{ isEnabled: canRedo, run: redo },
    },
  ];
}
