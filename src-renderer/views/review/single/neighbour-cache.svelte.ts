// The neighbours of images under review, asked for before they are shown.

import { untrack } from 'svelte';
import type { Neighbours } from '#contract/review.ts';
import type { CoreClient } from '../../../client/clients.ts';
import type { ModelAndDataset } from '../../../state/project/results.svelte.ts';
import { Resource } from '../../../state/resource.svelte.ts';

/** Of each kind. */
const most = 5;
/** Images whose neighbours are kept. */
const mostKept = 60;

export class NeighbourCache {
  readonly #core: CoreClient;
  readonly #of: ModelAndDataset;
  readonly #kept = new Map<number, Resource<Neighbours>>();

  constructor(core: CoreClient, modelAndDataset: ModelAndDataset) {
    this.#core = core;
    this.#of = modelAndDataset;
  }

  /** Being loaded, unless it is known. */
  of(imageId: number): Resource<Neighbours> {
    const known = this.#kept.get(imageId);
    // Called where state is derived: what loading writes is read later.
    if (known && untrack(() => known.state.kind) !== 'failed') return known;
    const asked = new Resource((signal) =>
      this.#core.call('scores.neighbours', { ...this.#of, imageId, most }, signal),
    );
    this.#kept.set(imageId, asked);
    untrack(() => void asked.load());
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return asked;
  }

  /** One after the other, so that the image in view is not kept waiting. Returns a function that ends it. */
  ahead(imageIds: readonly number[]): () => void {
    let isOver = false;
    const ask = async () => {
      for (const imageId of imageIds) {
        if (isOver) return;
        if (!this.#kept.has(imageId)) await this.#settled(imageId);
      }
    };
    void ask();
    return () => (isOver = true);
  }

  async #settled(imageId: number): Promise<void> {
    // A failure is shown, and asked again, when the image is.
    await this.#core
      .call('scores.neighbours', { ...this.#of, imageId, most })
      .then((found) => {
        const known = new Resource(() => Promise.resolve(found));
        known.set(found);
        this.#kept.set(imageId, known);
      })
      .catch(() => undefined);
  }
}
