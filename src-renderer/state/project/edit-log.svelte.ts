// Undo and redo of the project's edits.

import type { EditState } from '#contract/edit.ts';
import type { CoreClient } from '../../client/clients.ts';

export class EditLog {
  readonly #core: CoreClient;
  #state = $state.raw<EditState>({ undo: null, redo: null });
  readonly #listeners: (() => void)[] = [];

  constructor(core: CoreClient) {
    this.#core = core;
    core.on('edits.changed', (state) => {
      this.#state = state;
      for (const listener of this.#listeners) listener();
    });
  }

  /** Description of the edit that undo would revert; null when there is none. */
  get undoText(): string | null {
    return this.#state.undo;
  }
  get redoText(): string | null {
    return this.#state.redo;
  }

  async load(): Promise<void> {
    this.#state = await this.#core.call('edits.state', {});
  }

  /** Returns the description of the undone edit; null when there was none. */
  async undo(): Promise<string | null> {
    return (await this.#core.call('edits.undo', {})).words;
  }

  async redo(): Promise<string | null> {
    return (await this.#core.call('edits.redo', {})).words;
  }

  /** Calls `listener` after every edit, undo and redo, here or in another window. */
  onChange(listener: () => void): () => void {
    this.#listeners.push(listener);
    return () => void this.#listeners.splice(this.#listeners.indexOf(listener), 1);
  }
}
