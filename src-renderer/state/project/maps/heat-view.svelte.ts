// Whether heat maps are shown over images, and how opaque: the same in all views.

import { untrack } from 'svelte';
import type { HeatMap } from '#contract/maps/heat-map.ts';
import type { CoreClient } from '../../../client/clients.ts';
import { Resource } from '../../resource.svelte.ts';
import { RecentMaps } from './recent-maps.ts';

export class HeatView {
  readonly #core: CoreClient;
  #isShown = $state(false);
  /** Of the full colour, 0 … 1. */
  opacity = $state(0.7);
  readonly #kept = new RecentMaps();

  constructor(core: CoreClient) {
    this.#core = core;
  }

  get isShown(): boolean {
    return this.#isShown;
  }

  toggle(): void {
    this.#isShown = !this.#isShown;
  }

  /** The map of an image, which is being loaded unless it is known; undefined while maps are not shown. */
  of(modelId: number | undefined, imageId: number | undefined): Resource<HeatMap> | undefined {
    if (!this.#isShown || modelId === undefined || imageId === undefined) return undefined;
    const map = new Resource((signal) => this.#ask(modelId, imageId, signal));
    const known = this.#kept.get(modelId, imageId);
    // Called where state is derived: what loading writes is read later.
    untrack(() => {
      if (known) map.set(known);
      else void map.load();
    });
    return map;
  }

  /** Has the maps of the images that will be shown next computed, in this order. Returns a function that cancels. */
  ahead(modelId: number, imageIds: readonly number[]): () => void {
    const asking = new AbortController();
    const ask = async () => {
      for (const imageId of imageIds) {
        if (asking.signal.aborted) return;
        if (this.#kept.get(modelId, imageId)) continue;
        // A failure is reported when the image is shown.
        await this.#ask(modelId, imageId, asking.signal).catch(() => undefined);
      }
    };
    void ask();
    return () => asking.abort();
  }

  async #ask(modelId: number, imageId: number, signal: AbortSignal): Promise<HeatMap> {
    const map = await this.#core.call('images.heatMap', { modelId, imageId }, signal);
    this.#kept.set(modelId, imageId, map);
    return map;
  }
}
