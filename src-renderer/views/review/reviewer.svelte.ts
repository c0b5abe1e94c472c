// The reviewer's name: asked once, stored in the browser and with the verdicts.

import type { CoreClient } from '../../client/clients.ts';
import { keepSetting } from '../../state/kept-settings.ts';

const key = 'normscope.reviewer';

export class Reviewer {
  readonly #core: CoreClient;
  #name = $state(localStorage.getItem(key) ?? '');

  constructor(core: CoreClient) {
    this.#core = core;
  }

  /** Empty until set. */
  get name(): string {
    return this.#name;
  }

  /** Without a stored name, uses the project's latest reviewer. */
  async load(): Promise<void> {
    const { reviews } = await this.#core.call('reviews.list', { limit: 1 });
    this.#name ||= reviews[0]?.reviewer ?? '';
  }

  choose(name: string): void {
    this.#name = name.trim();
    keepSetting(key, this.#name);
  }
}
