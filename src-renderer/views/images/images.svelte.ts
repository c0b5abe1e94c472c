// The images of one dataset for a gallery, loaded page by page; only pages near the view are kept.

import { SvelteMap } from 'svelte/reactivity';
import type { ListedImage } from '#contract/core.ts';
import type { ImageFilter, ImageOrder } from '#contract/image.ts';
import type { CoreClient } from '../../client/clients.ts';
import { commonStart } from '../../parts/tiles/tile-labels.ts';
import { Resource } from '../../state/resource.svelte.ts';

const pageSize = 200;

/** Pages kept besides those in view, so that scrolling back needs no reload. */
const mostPages = 12;

/** Which images, in which order: imported when left out. */
export type ImagesAsked = ImageFilter & { order?: ImageOrder };

export class Images {
  readonly #core: CoreClient;
  readonly #pages = new SvelteMap<number, Resource<readonly ListedImage[]>>();
  #asked = $state.raw<ImagesAsked>() as ImagesAsked;
  /** The latest request; equal to #asked once its first page has arrived. */
  #wanted: ImagesAsked;
  /** Number of images that match the filter; arrives with the first page. */
  readonly total: Resource<number>;

  constructor(core: CoreClient, asked: ImagesAsked) {
    this.#core = core;
    this.#asked = asked;
    this.#wanted = asked;
    this.total = new Resource((signal) => this.#begin(signal));
  }

  /** What is shown now. */
  get asked(): ImagesAsked {
    return this.#asked;
  }

  get filter(): ImageFilter {
    const filter = { ...this.#asked };
    delete filter.order;
    return filter;
  }

  /** Characters that the names of the first page begin with. */
  readonly cut: number = $derived.by(() =>
    commonStart((this.#pages.get(0)?.value ?? []).map(({ path }) => path)),
  );

  /** undefined until its page is loaded. */
  at(index: number): ListedImage | undefined {
    const page = this.#pages.get(Math.floor(index / pageSize));
    return page?.value?.[index % pageSize];
  }

  /** Loads the images from `first` up to but not including `end`. */
  view(first: number, end: number): void {
    for (let page = Math.floor(first / pageSize); page * pageSize < end; page++) {
      const known = this.#pages.get(page);
      // A page that failed is loaded again when it comes into view again.
      if (known && known.state.kind !== 'failed') continue;
      const resource = known ?? this.#page(page);
      this.#pages.set(page, resource);
      void resource.load();
    }
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= mostPages) break;
      if ((page + 1) * pageSize <= first || page * pageSize >= end) this.#pages.delete(page);
    }
  }

  /** Shows other images or another order. The current ones stay until the first page has arrived. */
  async show(asked: ImagesAsked): Promise<void> {
    if (JSON.stringify(asked) !== JSON.stringify(this.#wanted)) this.#wanted = asked;
    await this.total.load();
  }

  /** After a change in the core: loads all shown pages again. */
  async refresh(): Promise<void> {
    await this.total.load();
    const others = [...this.#pages].filter(([page]) => page > 0);
    await Promise.all(others.map(([, page]) => page.load()));
  }

  /** All ids in their order: for selecting from one image to another. */
  ids(): Promise<readonly number[]> {
    return this.#core.call('images.ids', this.#asked);
  }

  async #begin(signal: AbortSignal): Promise<number> {
    const wanted = this.#wanted;
    const { total, images } = await this.#ask(wanted, 0, signal);
    if (!signal.aborted) {
      if (wanted !== this.#asked) this.#pages.clear();
      this.#asked = wanted;
      const first = this.#pages.get(0) ?? this.#page(0);
      first.set(images);
      this.#pages.set(0, first);
    }
    return total;
  }

  #page(page: number): Resource<readonly ListedImage[]> {
    return new Resource(
      async (signal) => (await this.#ask(this.#asked, page * pageSize, signal)).images,
    );
  }

  #ask(asked: ImagesAsked, offset: number, signal: AbortSignal) {
    return this.#core.call('images.page', { ...asked, offset, limit: pageSize }, signal);
  }
}
