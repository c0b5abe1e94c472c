// What can be taken back and done again, and doing so.

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

  /** What undoing would take back, in words; null when there is nothing. */
  get undoWords(): string | null {
    return this.#state.undo;
  }
  get redoWords(): string | null {
    return this.#state.redo;
  }

  async load(): Promise<void> {
    this.#state = await this.#core.call('edits.state', {});
  }

  /** Returns what was taken back, in words; null when there was nothing. */
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
