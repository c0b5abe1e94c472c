// Leaves images out of training, calibration and test: one edit, which can be undone.

import type { UsedImage } from '#contract/edit.ts';
import type { CoreClient } from '../../client/clients.ts';
import type { AppContext } from '../app-context.svelte.ts';

export class LeaveOut {
  readonly #app: AppContext;
  readonly #core: CoreClient;
  #isBusy = $state(false);

  constructor(app: AppContext, core: CoreClient) {
    this.#app = app;
    this.#core = core;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  leave(images: readonly UsedImage[]): void {
    const { commands, toasts } = this.#app;
    this.#isBusy = true;
    this.#app.attempt(async () => {
      try {
        const { changed, state } = await this.#core.call('items.leaveOut', {
          images: images.map(({ dataset, imageId }) => ({ dataset, imageId })),
        });
        if (changed === 0) return;
        toasts.done(state.undo ?? '', { label: 'Undo', run: () => commands.run('undo') });
      } finally {
        this.#isBusy = false;
      }
    });
  }
}
