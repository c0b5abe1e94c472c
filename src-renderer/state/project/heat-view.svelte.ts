// Whether heat maps are shown over images, and how opaque: the same in all views.

import { untrack } from 'svelte';
import type { HeatMap } from '#contract/maps/heat-map.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

export class HeatView {
  readonly #core: CoreClient;
  #isShown = $state(false);
  /** Of the full colour, 0 … 1. */
  opacity = $state(0.7);

  constructor(core: CoreClient) {
    this.#core = core;
  }

  get isShown(): boolean {
    return this.#isShown;
  }

  toggle(): void {
    this.#isShown = !this.#isShown;
  }

  /** The map of an image, which is being loaded; undefined while maps are not shown. */
  of(modelId: number | undefined, imageId: number | undefined): Resource<HeatMap> | undefined {
    if (!this.#isShown || modelId === undefined || imageId === undefined) return undefined;
    const map = new Resource((signal) =>
      this.#core.call('images.heatMap', { modelId, imageId }, signal),
    );
    // Called where state is derived: what loading writes is read later.
    untrack(() => void map.load());
    return map;
  }

  /** Has the map of the image that will be shown next computed. Returns a function that cancels. */
  ahead(modelId: number, imageId: number): () => void {
    const asking = new AbortController();
    // A failure is reported when the image is shown.
    this.#core.call('images.heatMap', { modelId, imageId }, asking.signal).catch(() => undefined);
    return () => asking.abort();
  }
}
