// Leaves images out of training, calibration and test: one edit, which can be undone.

import type { UsedImage } from '#contract/edit.ts';
import type { CoreClient } from '../../client/clients.ts';
import type { Frame } from '../frame.svelte.ts';

export class LeaveOut {
  readonly #frame: Frame;
  readonly #core: CoreClient;
  #isBusy = $state(false);

  constructor(frame: Frame, core: CoreClient) {
    this.#frame = frame;
    this.#core = core;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  leave(images: readonly UsedImage[]): void {
    const { commands, toasts } = this.#frame;
    this.#isBusy = true;
    this.#frame.attempt(async () => {
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
