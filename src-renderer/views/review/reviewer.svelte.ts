// Who is judging: asked once, remembered here and by the project.

import type { CoreClient } from '../../client/clients.ts';

const key = 'normscope.reviewer';

export class Reviewer {
  readonly #core: CoreClient;
  #name = $state(localStorage.getItem(key) ?? '');

  constructor(core: CoreClient) {
    this.#core = core;
  }

  /** Empty until it is known. */
  get name(): string {
    return this.#name;
  }

  /** Whoever judged last in this project, when nobody has been named here. */
  async load(): Promise<void> {
    const { reviews } = await this.#core.call('reviews.list', { limit: 1 });
    this.#name ||= reviews[0]?.reviewer ?? '';
  }

  choose(name: string): void {
    this.#name = name.trim();
    localStorage.setItem(key, this.#name);
  }
}
